import type { Kind } from '@core/value';

/** One column of a table. */
export interface Column {
  readonly name: string;
  readonly kind: Kind;
  /** Whether `null` may stand in it. */
  readonly nullable: boolean;
}

export interface ColumnOptions {
  readonly nullable?: boolean;
}

/** Makes a column; without options it takes no `null`. */
export function column(name: string, kind: Kind, options: ColumnOptions = {}): Column {
  return { name, kind, nullable: options.nullable ?? false };
}
