import { type Column, column } from '@core/column';
import { keyOf } from '@core/compare';
import { Schema } from '@core/schema';
import { type Row, Table } from '@core/table';
import { kindOfExpr } from '@expr/check';
import { compile } from '@expr/evaluate';
import { aggregated, kindOfAggregate } from '@query/aggregate';
import type { GroupColumn } from '@query/step';
import { groupInto } from '@util/iterate';

/** One row for each group of rows that agree in the columns `by`, in the order of first rows. */
export function group(table: Table, by: readonly string[], made: readonly GroupColumn[]): Table {
  const { schema, rows } = table;
  const places = by.map(name => schema.placeOf(name));
  const keyCells = (row: Row): Row => places.map(place => row[place] ?? null);
  const groups = groupInto(rows, row => keyOf(keyCells(row)));
  // Without keys all rows are one group, even if there are none.
  if (by.length === 0 && groups.size === 0) groups.set('', []);

  const makers = made.map(({ aggregate: { name, of } }) => {
    const value = of === undefined ? (): boolean => true : compile(of, schema);
    return (members: readonly Row[]) =>
      aggregated(
        name,
        members.map(row => value(row)),
      );
  });
  return Table.trusted(
    new Schema([
      ...by.map(name => keyColumn(name, schema)),
      ...made.map(column => madeColumn(column, schema)),
    ]),
    [...groups.values()].map(members => [
      ...keyCells(members[0] ?? []),
      ...makers.map(make => make(members)),
    ]),
  );
}

function keyColumn(name: string, schema: Schema): Column {
  const { kind, nullable } = schema.column(name);
  return column(name, kind, { nullable });
}

function madeColumn({ name, aggregate }: GroupColumn, schema: Schema): Column {
  const of = aggregate.of === undefined ? undefined : kindOfExpr(aggregate.of, schema);
  const nullable = aggregate.name !== 'count' && aggregate.name !== 'sum';
  return column(name, kindOfAggregate(aggregate, of), { nullable });
}
