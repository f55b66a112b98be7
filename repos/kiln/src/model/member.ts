export interface Member {
  readonly id: string;
  readonly name: string;
  /** Cents off each fee, in hundredths: 10 is a tenth off. */
  readonly discount: number;
}

/** How a member is called where there is little room: `Ida K.` for `Ida Kron`. */
export function shortName({ name }: Member): string {
  const [first = '', ...rest] = name.split(' ').filter(word => word !== '');
  const last = rest.at(-1);
  return last === undefined ? first : `${first} ${last.slice(0, 1)}.`;
}
