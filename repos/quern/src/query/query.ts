import type { Table } from '@core/table';
import { type ExprLike, col, toExpr } from '@expr/build';
import { parseAggregate } from '@query/aggregate';
import { plan } from '@query/plan';
import { runSteps } from '@query/run';
import type { Direction, JoinType, Keys, Step } from '@query/step';

/** Names of columns to keep, or expressions under the names of the columns to make. */
export type Selection = readonly string[] | Readonly<Record<string, ExprLike>>;

/** A table and what is to be done to it. Each method gives a new query. */
export class Query {
  constructor(
    private readonly table: Table,
    private readonly steps: readonly Step[] = [],
  ) {}

  where(condition: ExprLike): Query {
    return this.with({ type: 'filter', condition: toExpr(condition) });
  }

  select(selection: Selection): Query {
    const columns = isNames(selection)
      ? selection.map(name => ({ name, expr: col(name) }))
      : Object.entries(selection).map(([name, like]) => ({ name, expr: toExpr(like) }));
    return this.with({ type: 'project', columns });
  }

  /** After an `orderBy` this adds a further key. */
  orderBy(by: ExprLike, direction: Direction = 'asc'): Query {
    const key = { by: toExpr(by), direction };
    const last = this.steps.at(-1);
    if (last?.type !== 'sort') return this.with({ type: 'sort', keys: [key] });
    return new Query(this.table, [
      ...this.steps.slice(0, -1),
      { type: 'sort', keys: [...last.keys, key] },
    ]);
  }

  /** One row for each group, with columns such as `{ total: 'sum(count)' }`. */
  groupBy(by: readonly string[], made: Readonly<Record<string, string>>): Query {
    return this.with({
      type: 'group',
      by,
      made: Object.entries(made).map(([name, text]) => ({
        name,
        aggregate: parseAggregate(text),
      })),
    });
  }

  /** Joins by columns of the same name, or by pairs of names. */
  join(other: Table, on: readonly string[] | Keys, how: JoinType = 'inner'): Query {
    const keys = isNames(on) ? { left: on, right: on } : on;
    return this.with({ type: 'join', how, other, on: keys });
  }

  distinct(): Query {
    return this.with({ type: 'distinct' });
  }

  limit(limit: number, offset = 0): Query {
    return this.with({ type: 'slice', offset, limit });
  }

  run(): Table {
    return runSteps(this.table, plan(this.steps));
  }

  private with(step: Step): Query {
    return new Query(this.table, [...this.steps, step]);
  }
}

export function from(table: Table): Query {
  return new Query(table);
}

function isNames(thing: object): thing is readonly string[] {
  return Array.isArray(thing);
}
