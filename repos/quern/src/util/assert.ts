/** Says that a case cannot be; the compiler agrees, or there would be an error here. */
export function never(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
