import { compareValues } from '@core/compare';
import { QuernError } from '@core/errors';
import { type Value, kindOf } from '@core/value';
import type { BinaryOperator, UnaryOperator } from '@expr/ast';
import { never } from '@util/assert';

/** Applies an operator to values. Whatever is compared or reckoned with `null` is `null`. */
export function applyBinary(operator: BinaryOperator, left: Value, right: Value): Value {
  if (operator === 'and' || operator === 'or') return applyLogic(operator, left, right);
  if (left === null || right === null) return null;
  switch (operator) {
    case '=':
      return compareValues(left, right) === 0;
    case '!=':
      return compareValues(left, right) !== 0;
    case '<':
      return compareValues(left, right) < 0;
    case '<=':
      return compareValues(left, right) <= 0;
    case '>':
      return compareValues(left, right) > 0;
    case '>=':
      return compareValues(left, right) >= 0;
    case '||':
      return String(left) + String(right);
    case '+':
    case '-':
    case '*':
    case '/':
      return reckon(operator, left, right);
    default:
      return never(operator);
  }
}

export function applyUnary(operator: UnaryOperator, operand: Value): Value {
  if (operand === null) return null;
  return operator === 'not' ? !truthOf(operand) : -numberOf(operand);
}

/** Three-valued: `false and null` is `false`, `true or null` is `true`, else `null` wins. */
function applyLogic(operator: 'and' | 'or', left: Value, right: Value): Value {
  const decides = operator === 'or';
  if (left !== null && truthOf(left) === decides) return decides;
  if (right !== null && truthOf(right) === decides) return decides;
  return left === null || right === null ? null : !decides;
}

/** What cannot be reckoned, as a division by 0, is `null`. */
function reckon(operator: '+' | '-' | '*' | '/', left: Value, right: Value): Value {
  const a = numberOf(left);
  const b = numberOf(right);
  const results = { '+': a + b, '-': a - b, '*': a * b, '/': a / b };
  const result = results[operator];
  return Number.isFinite(result) ? result : null;
}

function truthOf(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw new QuernError('wrong-kind', `\`${String(value)}\` is neither true nor false`);
}

function numberOf(value: Value): number {
  if (typeof value === 'number') return value;
  const kind = kindOf(value) ?? 'null';
  throw new QuernError('wrong-kind', `\`${String(value)}\` is ${kind}, not a number`);
}
