import { compareValues } from '@core/compare';
import { type Row, Table } from '@core/table';
import type { Value } from '@core/value';
import { compile } from '@expr/evaluate';
import type { Direction, SortKey } from '@query/step';

interface Keyed {
  readonly row: Row;
  readonly values: readonly Value[];
}

/** Sorts by the first key, rows that are the same there by the second, and so on; else they stay. */
export function sort(table: Table, keys: readonly SortKey[]): Table {
  const evaluators = keys.map(({ by }) => compile(by, table.schema));
  const keyed = table.rows.map(row => ({ row, values: evaluators.map(value => value(row)) }));
  const directions = keys.map(({ direction }) => direction);
  const sorted = keyed.sort((left, right) => compareKeyed(left, right, directions));
  return Table.trusted(
    table.schema,
    sorted.map(({ row }) => row),
  );
}

function compareKeyed(left: Keyed, right: Keyed, directions: readonly Direction[]): number {
  for (const [index, direction] of directions.entries()) {
    const order = compareValues(left.values[index] ?? null, right.values[index] ?? null);
    if (order !== 0) return direction === 'desc' ? -order : order;
  }
  return 0;
}
