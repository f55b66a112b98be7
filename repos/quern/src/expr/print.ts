import type { Value } from '@core/value';
import { type Expr, PRECEDENCE, UNARY_PRECEDENCE } from '@expr/ast';
import { never } from '@util/assert';

/** Writes an expression so that reading it gives the same one, with as few parentheses as can be. */
export function printExpr(expr: Expr): string {
  return printed(expr, 0);
}

function printed(expr: Expr, above: number): string {
  switch (expr.type) {
    case 'literal':
      return printLiteral(expr.value);
    case 'column':
      return printName(expr.name);
    case 'unary': {
      const own = UNARY_PRECEDENCE[expr.operator];
      const operand = printed(expr.operand, own);
      return wrapped(expr.operator === 'not' ? `not ${operand}` : `-${operand}`, own <= above);
    }
    case 'binary': {
      const own = PRECEDENCE[expr.operator];
      const left = printed(expr.left, own - 1);
      const right = printed(expr.right, own);
      return wrapped(`${left} ${expr.operator} ${right}`, own <= above);
    }
    case 'call':
      return `${expr.name}(${expr.args.map(arg => printed(arg, 0)).join(', ')})`;
    default:
      return never(expr);
  }
}

export function printLiteral(value: Value): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** Names that could be read as something else stand in quotes. */
export function printName(name: string): string {
  const plain = /^[A-Za-z_]\w*$/.test(name) && !/^(?:and|or|not|true|false|null)$/i.test(name);
  return plain ? name : `"${name.replaceAll('"', '""')}"`;
}

function wrapped(text: string, needed: boolean): string {
  return needed ? `(${text})` : text;
}
