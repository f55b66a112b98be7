import type { Table } from '@core/table';
import type { Expr } from '@expr/ast';
import type { Aggregate } from '@query/aggregate';

export type Direction = 'asc' | 'desc';

export interface SortKey {
  readonly by: Expr;
  readonly direction: Direction;
}

export interface Projection {
  readonly name: string;
  readonly expr: Expr;
}

export interface GroupColumn {
  readonly name: string;
  readonly aggregate: Aggregate;
}

export type JoinType = 'inner' | 'left';

/** One thing that a query does to a table. */
export type Step =
  | { readonly type: 'filter'; readonly condition: Expr }
  | { readonly type: 'project'; readonly columns: readonly Projection[] }
  | { readonly type: 'sort'; readonly keys: readonly SortKey[] }
  | {
      readonly type: 'group';
      readonly by: readonly string[];
      readonly made: readonly GroupColumn[];
    }
  | { readonly type: 'join'; readonly how: JoinType; readonly other: Table; readonly on: Keys }
  | { readonly type: 'distinct' }
  | { readonly type: 'slice'; readonly offset: number; readonly limit: number };

/** Names of key columns on both sides of a join. */
export interface Keys {
  readonly left: readonly string[];
  readonly right: readonly string[];
}
