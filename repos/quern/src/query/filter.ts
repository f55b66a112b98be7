import { QuernError } from '@core/errors';
import { Table } from '@core/table';
import type { Expr } from '@expr/ast';
import { kindOfExpr } from '@expr/check';
import { compile } from '@expr/evaluate';

/** Keeps the rows for which the condition is true; `null` is not. */
export function filter(table: Table, condition: Expr): Table {
  const kind = kindOfExpr(condition, table.schema);
  if (kind !== undefined && kind !== 'boolean') {
    throw new QuernError('wrong-kind', `a condition is true or false, not ${kind}`);
  }
  const holds = compile(condition, table.schema);
  return Table.trusted(
    table.schema,
    table.rows.filter(row => holds(row) === true),
  );
}
