import type { Value } from '@core/value';
import type { Expr } from '@expr/ast';
import { callFunction } from '@expr/functions';
import { applyBinary, applyUnary } from '@expr/operators';
import { never } from '@util/assert';

/** Evaluates all parts that look at no column. */
export function fold(expr: Expr): Expr {
  switch (expr.type) {
    case 'literal':
    case 'column':
      return expr;
    case 'unary': {
      const operand = fold(expr.operand);
      return operand.type === 'literal'
        ? literal(applyUnary(expr.operator, operand.value))
        : { ...expr, operand };
    }
    case 'binary': {
      const left = fold(expr.left);
      const right = fold(expr.right);
      return left.type === 'literal' && right.type === 'literal'
        ? literal(applyBinary(expr.operator, left.value, right.value))
        : { ...expr, left, right };
    }
    case 'call': {
      const args = expr.args.map(arg => fold(arg));
      const values = args.flatMap(arg => (arg.type === 'literal' ? [arg.value] : []));
      return values.length === args.length
        ? literal(callFunction(expr.name, values))
        : { ...expr, args };
    }
    default:
      return never(expr);
  }
}

function literal(value: Value): Expr {
  return { type: 'literal', value };
}
