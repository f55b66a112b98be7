import { QuernError } from '@core/errors';
import type { Schema } from '@core/schema';
import { type Kind, kindOf } from '@core/value';
import type { BinaryOperator, Expr } from '@expr/ast';
import { functionNamed } from '@expr/functions';
import { never } from '@util/assert';

/** The kind of an expression; none if it is always `null`. Throws where kinds do not fit. */
export function kindOfExpr(expr: Expr, schema: Schema): Kind | undefined {
  switch (expr.type) {
    case 'literal':
      return kindOf(expr.value);
    case 'column':
      return schema.column(expr.name).kind;
    case 'unary': {
      const kind = expr.operator === 'not' ? 'boolean' : 'number';
      return expected(kind, kindOfExpr(expr.operand, schema), expr.operator);
    }
    case 'binary':
      return kindOfBinary(
        expr.operator,
        kindOfExpr(expr.left, schema),
        kindOfExpr(expr.right, schema),
      );
    case 'call':
      return kindOfCall(
        expr.name,
        expr.args.map(arg => kindOfExpr(arg, schema)),
      );
    default:
      return never(expr);
  }
}

function kindOfBinary(operator: BinaryOperator, left?: Kind, right?: Kind): Kind {
  switch (operator) {
    case 'and':
    case 'or':
      expected('boolean', left, operator);
      return expected('boolean', right, operator);
    case '+':
    case '-':
    case '*':
    case '/':
      expected('number', left, operator);
      return expected('number', right, operator);
    case '||':
      return 'text';
    default:
      if (left !== undefined) expected(left, right, operator);
      return 'boolean';
  }
}

function kindOfCall(name: string, args: readonly (Kind | undefined)[]): Kind | undefined {
  const { takes, gives } = functionNamed(name);
  if (takes === 'any') {
    const kind = args.find(arg => arg !== undefined);
    if (kind !== undefined) for (const arg of args) expected(kind, arg, name);
    return gives ?? kind;
  }
  if (args.length !== takes.length) {
    throw new QuernError(
      'wrong-kind',
      `\`${name}\` takes ${String(takes.length)} arguments, not ${String(args.length)}`,
    );
  }
  for (const [index, kind] of takes.entries()) expected(kind, args[index], name);
  return gives;
}

function expected(wanted: Kind, found: Kind | undefined, where: string): Kind {
  if (found !== undefined && found !== wanted) {
    throw new QuernError('wrong-kind', `\`${where}\` takes ${wanted}, not ${found}`);
  }
  return wanted;
}
