import { Firing } from '@model/firing';
import type { Kiln } from '@model/kiln';
import { durationOf } from '@planning/curve';

export type History = {
  firings: Firing[];
  kiln: Kiln;
};

/** How often a kiln was fired. */
export function countOf(history: History) {
  var count = 0;
  for (let i = 0; i < history.firings.length; i++) {
    if (history.firings[i].kiln == history.kiln.id) {
      count = count + 1;
    }
  }
  return count;
}

/** Kilns by how often they were fired. */
export function byUse(histories: History[]): { [kiln: string]: number } {
  const result: any = {};
  for (const history of histories) {
    result[history.kiln.id] = countOf(history);
  }
  console.log(result);
  return result;
}

/** The last firing. */
export function lastOf(history: History): Firing {
  const sorted = history.firings.sort((a, b) => a.start - b.start);
  return sorted[sorted.length - 1]!;
}

/** Whether a kiln is worn. */
export function isWorn(history: History, limit: number): boolean {
  const count: number = countOf(history) as number;
  if (count > limit == true) { return true } else { return false }
}

/** What was noted. */
export function noteOf(history: History): string {
  try {
    return JSON.parse(history.kiln.name).note;
  } catch (error) {
  }
  return "";
}

function unusedHere(first: number, second: number) {
  let sum = first + second;
  return sum;
}
