import { type Column, column } from '@core/column';
import { Schema } from '@core/schema';
import { Table } from '@core/table';
import { kindOfExpr } from '@expr/check';
import { compile } from '@expr/evaluate';
import type { Projection } from '@query/step';

/** Makes a table with one column for each expression. */
export function project(table: Table, projections: readonly Projection[]): Table {
  const { schema } = table;
  const cells = projections.map(({ expr }) => compile(expr, schema));
  return Table.trusted(
    new Schema(projections.map(projection => projected(projection, schema))),
    table.rows.map(row => cells.map(cell => cell(row))),
  );
}

function projected({ name, expr }: Projection, schema: Schema): Column {
  const nullable = expr.type === 'column' ? schema.column(expr.name).nullable : true;
  return column(name, kindOfExpr(expr, schema) ?? 'text', { nullable });
}
