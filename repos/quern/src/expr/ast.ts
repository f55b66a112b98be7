import type { Value } from '@core/value';

export type UnaryOperator = 'not' | '-';

export type BinaryOperator =
  | 'or'
  | 'and'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '||';

/** An expression over the columns of one row. */
export type Expr =
  | { readonly type: 'literal'; readonly value: Value }
  | { readonly type: 'column'; readonly name: string }
  | { readonly type: 'unary'; readonly operator: UnaryOperator; readonly operand: Expr }
  | {
      readonly type: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expr;
      readonly right: Expr;
    }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Expr[] };

/** How tightly an operator holds its operands; the same number reads from the left. */
export const PRECEDENCE: Record<BinaryOperator, number> = {
  or: 1,
  and: 2,
  '=': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '||': 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
};

/** `not` holds less than comparisons, a sign more than anything. */
export const UNARY_PRECEDENCE: Record<UnaryOperator, number> = { not: 3, '-': 8 };
