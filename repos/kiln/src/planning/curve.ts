import { endTemperature } from '@model/cone';
import type { Firing } from '@model/firing';

export interface Segment {
  /** °C an hour. */
  readonly rate: number;
  readonly target: number;
  /** Minutes at the target. */
  readonly hold: number;
}

export interface Point {
  readonly minute: number;
  readonly temperature: number;
}

export const ROOM_TEMPERATURE = 20;

/** Slow while water leaves the clay, slow again around the quartz inversion of bisque firings. */
export function segmentsOf({
  kind,
  cone,
  hold,
}: Pick<Firing, 'kind' | 'cone' | 'hold'>): Segment[] {
  const end = endTemperature(cone);
  return kind === 'bisque'
    ? [
        { rate: 60, target: 120, hold: 60 },
        { rate: 100, target: 540, hold: 0 },
        { rate: 60, target: 620, hold: 0 },
        { rate: 120, target: end, hold },
      ]
    : [
        { rate: 120, target: 540, hold: 0 },
        { rate: 150, target: end - 100, hold: 0 },
        { rate: 60, target: end, hold },
      ];
}

/** Corners of the curve, from room temperature to the end of the last hold. */
export function curveOf(segments: readonly Segment[]): Point[] {
  const points: Point[] = [{ minute: 0, temperature: ROOM_TEMPERATURE }];
  let minute = 0;
  let temperature = ROOM_TEMPERATURE;
  for (const { rate, target, hold } of segments) {
    minute += ((target - temperature) / rate) * 60;
    temperature = target;
    points.push({ minute, temperature });
    if (hold > 0) {
      minute += hold;
      points.push({ minute, temperature });
    }
  }
  return points;
}

/** Minutes from the start to the end of the last hold. */
export function durationOf(segments: readonly Segment[]): number {
  return curveOf(segments).at(-1)?.minute ?? 0;
}

/** The temperature at a minute; before the start that of the room, after the end the last one. */
export function temperatureAt(segments: readonly Segment[], minute: number): number {
  const points = curveOf(segments);
  const next = points.findIndex(point => point.minute >= minute);
  const to = points[next];
  const from = points[next - 1];
  if (to === undefined) return points.at(-1)?.temperature ?? ROOM_TEMPERATURE;
  if (from === undefined) return to.temperature;
  const share = (minute - from.minute) / (to.minute - from.minute);
  return from.temperature + share * (to.temperature - from.temperature);
}
