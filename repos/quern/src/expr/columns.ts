import type { Expr } from '@expr/ast';
import { never } from '@util/assert';

/** Names of all columns that an expression looks at. */
export function columnsOf(expr: Expr): Set<string> {
  const names = new Set<string>();
  collect(expr, names);
  return names;
}

function collect(expr: Expr, names: Set<string>): void {
  switch (expr.type) {
    case 'literal':
      return;
    case 'column':
      names.add(expr.name);
      return;
    case 'unary':
      collect(expr.operand, names);
      return;
    case 'binary':
      collect(expr.left, names);
      collect(expr.right, names);
      return;
    case 'call':
      for (const arg of expr.args) collect(arg, names);
      return;
    default:
      never(expr);
  }
}
