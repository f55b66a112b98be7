import type { Kiln } from '@model/kiln';
import { type Segment, ROOM_TEMPERATURE, durationOf, temperatureAt } from '@planning/curve';

/** Kilowatt hours of a firing: full power is needed at the hottest, and in proportion below. */
export function energyOf(kiln: Kiln, segments: readonly Segment[]): number {
  const duration = durationOf(segments);
  const hottest = Math.max(ROOM_TEMPERATURE, ...segments.map(({ target }) => target));
  const steps = Math.ceil(duration / 10);
  let hours = 0;
  for (let step = 0; step < steps; step += 1) {
    const minutes = Math.min(10, duration - step * 10);
    const share = temperatureAt(segments, step * 10 + minutes / 2) / hottest;
    hours += (share * minutes) / 60;
  }
  return hours * kiln.kilowatts;
}
