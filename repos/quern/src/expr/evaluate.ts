import type { Schema } from '@core/schema';
import type { Row } from '@core/table';
import type { Value } from '@core/value';
import type { Expr } from '@expr/ast';
import { callFunction } from '@expr/functions';
import { applyBinary, applyUnary } from '@expr/operators';
import { never } from '@util/assert';

export type Evaluator = (row: Row) => Value;

/** Makes a function of rows out of an expression; columns are looked up once, here. */
export function compile(expr: Expr, schema: Schema): Evaluator {
  switch (expr.type) {
    case 'literal':
      return () => expr.value;
    case 'column': {
      const place = schema.placeOf(expr.name);
      return row => row[place] ?? null;
    }
    case 'unary': {
      const operand = compile(expr.operand, schema);
      return row => applyUnary(expr.operator, operand(row));
    }
    case 'binary': {
      const left = compile(expr.left, schema);
      const right = compile(expr.right, schema);
      return row => applyBinary(expr.operator, left(row), right(row));
    }
    case 'call': {
      const args = expr.args.map(arg => compile(arg, schema));
      return row =>
        callFunction(
          expr.name,
          args.map(arg => arg(row)),
        );
    }
    default:
      return never(expr);
  }
}
