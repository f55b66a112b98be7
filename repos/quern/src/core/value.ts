/** What a cell can hold. */
export type Value = string | number | boolean | null;

/** What a column holds, besides `null`. */
export type Kind = 'text' | 'number' | 'boolean';

/** The kind of a value; none for `null`, which fits all. */
export function kindOf(value: Value): Kind | undefined {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return undefined;
  }
}

/** Whether a value may stand in a column of this kind. */
export function fits(value: Value, kind: Kind): boolean {
  return value === null || kindOf(value) === kind;
}

/** Whether something is a value at all; `NaN` and the infinities are none. */
export function isValue(thing: unknown): thing is Value {
  switch (typeof thing) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(thing);
    default:
      return thing === null;
  }
}
