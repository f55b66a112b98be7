import type { Column } from '@core/column';
import { QuernError } from '@core/errors';
import { Schema } from '@core/schema';
import { type Value, fits } from '@core/value';

export type Row = readonly Value[];

/** A schema and rows that agree with it. Nothing in it ever changes. */
export class Table {
  private constructor(
    readonly schema: Schema,
    readonly rows: readonly Row[],
  ) {}

  /** Checks every cell; use it for rows from outside. */
  static of(columns: readonly Column[], rows: readonly Row[]): Table {
    const schema = new Schema(columns);
    for (const [index, row] of rows.entries()) {
      checkRow(schema, row, index);
    }
    return new Table(schema, rows);
  }

  /** Takes rows that are known to agree with the schema, as those that a query makes. */
  static trusted(schema: Schema, rows: readonly Row[]): Table {
    return new Table(schema, rows);
  }

  get size(): number {
    return this.rows.length;
  }

  /** All values of a column, from the top. */
  values(name: string): Value[] {
    const place = this.schema.placeOf(name);
    return this.rows.map(row => row[place] ?? null);
  }

  /** The rows as objects with the names of columns as keys. */
  records(): Record<string, Value>[] {
    const { names } = this.schema;
    return this.rows.map(row =>
      Object.fromEntries(names.map((name, place) => [name, row[place] ?? null])),
    );
  }
}

function checkRow(schema: Schema, row: Row, index: number): void {
  if (row.length !== schema.width) {
    throw new QuernError(
      'wrong-width',
      `row ${String(index)} has ${String(row.length)} cells in place of ${String(schema.width)}`,
    );
  }
  for (const [place, { name, kind, nullable }] of schema.columns.entries()) {
    const value = row[place] ?? null;
    if (!fits(value, kind) || (value === null && !nullable)) {
      throw new QuernError(
        'wrong-kind',
        `row ${String(index)}: \`${String(value)}\` in column \`${name}\`, which holds ${kind}`,
      );
    }
  }
}
