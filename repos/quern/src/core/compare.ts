import { type Kind, type Value, kindOf } from '@core/value';

const RANK: Record<Kind, number> = { boolean: 1, number: 2, text: 3 };

/**
 * A total order of all values: `null`, then `false` and `true`, then numbers, then texts by their
 * code units.
 */
export function compareValues(left: Value, right: Value): number {
  const byRank = rankOf(left) - rankOf(right);
  if (byRank !== 0 || left === null || right === null) return byRank;
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

/** Whether two values are the same in that order. */
export function sameValue(left: Value, right: Value): boolean {
  return compareValues(left, right) === 0;
}

/** A text that is the same for the same values only, to be used as a key of maps. */
export function keyOf(values: readonly Value[]): string {
  return JSON.stringify(values);
}

function rankOf(value: Value): number {
  const kind = kindOf(value);
  return kind === undefined ? 0 : RANK[kind];
}
