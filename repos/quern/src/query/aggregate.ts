import { compareValues } from '@core/compare';
import { QuernError } from '@core/errors';
import type { Kind, Value } from '@core/value';
import type { Expr } from '@expr/ast';
import { parseExpr } from '@expr/parser';

export type AggregateName = 'count' | 'sum' | 'average' | 'min' | 'max';

/** A value made of many: `sum(price * count)`, or `count()` for the number of rows. */
export interface Aggregate {
  readonly name: AggregateName;
  readonly of: Expr | undefined;
}

const NAMES: readonly string[] = ['count', 'sum', 'average', 'min', 'max'];

export function parseAggregate(text: string): Aggregate {
  const expr = parseExpr(text);
  if (expr.type !== 'call' || !NAMES.includes(expr.name)) {
    throw new QuernError('syntax', `\`${text}\` is not one of ${NAMES.join(', ')}`, 0);
  }
  const [of, ...rest] = expr.args;
  if (rest.length > 0 || (of === undefined && expr.name !== 'count')) {
    throw new QuernError('syntax', `\`${expr.name}\` takes one argument`, 0);
  }
  return { name: expr.name as AggregateName, of };
}

/** The kind of the result, given that of the values. */
export function kindOfAggregate({ name }: Aggregate, of: Kind | undefined): Kind {
  if (name === 'count' || name === 'average') return 'number';
  if (name === 'sum') {
    if (of !== undefined && of !== 'number') {
      throw new QuernError('wrong-kind', `\`sum\` takes number, not ${of}`);
    }
    return 'number';
  }
  return of ?? 'text';
}

/** Makes one value of those that are not `null`; of none at all a sum is 0 and others are `null`. */
export function aggregated(name: AggregateName, values: readonly Value[]): Value {
  const present = values.filter(value => value !== null);
  switch (name) {
    case 'count':
      return present.length;
    case 'sum':
      return total(present);
    case 'average':
      return present.length === 0 ? null : total(present) / present.length;
    case 'min':
      return extreme(present, -1);
    case 'max':
      return extreme(present, 1);
  }
}

function total(values: readonly Value[]): number {
  let sum = 0;
  for (const value of values) sum += Number(value);
  return sum;
}

function extreme(values: readonly Value[], sign: -1 | 1): Value {
  let best: Value = null;
  for (const value of values) {
    if (best === null || compareValues(value, best) * sign > 0) best = value;
  }
  return best;
}
