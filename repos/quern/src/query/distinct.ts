import { keyOf } from '@core/compare';
import { Table } from '@core/table';
import { groupInto } from '@util/iterate';

/** Keeps the first of rows that are the same in all columns. */
export function distinct(table: Table): Table {
  const groups = groupInto(table.rows, row => keyOf(row));
  return Table.trusted(
    table.schema,
    [...groups.values()].flatMap(rows => rows.slice(0, 1)),
  );
}
