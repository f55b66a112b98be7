import type { Value } from '@core/value';
import type { BinaryOperator, Expr } from '@expr/ast';
import { parseExpr } from '@expr/parser';

/** An expression, or the text of one. */
export type ExprLike = Expr | string;

export function toExpr(like: ExprLike): Expr {
  return typeof like === 'string' ? parseExpr(like) : like;
}

export function col(name: string): Expr {
  return { type: 'column', name };
}

export function lit(value: Value): Expr {
  return { type: 'literal', value };
}

export function binary(operator: BinaryOperator, left: Expr, right: Expr): Expr {
  return { type: 'binary', operator, left, right };
}

export function not(operand: Expr): Expr {
  return { type: 'unary', operator: 'not', operand };
}

/** All of them; `true` if there are none. */
export function allOf(exprs: readonly Expr[]): Expr {
  const [first, ...rest] = exprs;
  if (first === undefined) return lit(true);
  let joined = first;
  for (const expr of rest) joined = binary('and', joined, expr);
  return joined;
}
