import type { Firing } from '@model/firing';
import { durationOf, segmentsOf } from '@planning/curve';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Two firings that want the same kiln at the same time. */
export interface Conflict {
  readonly first: Firing;
  readonly second: Firing;
  /** Minutes by which the second one comes too early. */
  readonly overlap: number;
}

/** From the first minute of a firing to the one at which the kiln is free again. */
export function occupied(firing: Firing): Span {
  const heating = durationOf(segmentsOf(firing));
  return { start: firing.start, end: firing.start + heating };
}

/** Neighbours in time that overlap, earliest first. Firings that are done take no part. */
export function conflicts(firings: readonly Firing[]): Conflict[] {
  const planned = firings
    .filter(({ done }) => !done)
    .sort((left, right) => left.start - right.start);
  return planned.flatMap((second, index) => {
    const earlier = planned.slice(0, index).reverse();
    const first = earlier.find(({ kiln }) => kiln === second.kiln);
    if (first === undefined) return [];
    const overlap = occupied(first).end - second.start;
    return overlap > 0 ? [{ first, second, overlap }] : [];
  });
}
