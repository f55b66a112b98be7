import type { ReactNode } from 'react';
import { formatDuration } from '@format/duration';
import { type Segment, curveOf } from '@planning/curve';
import styles from './curve-chart.module.css';

const WIDTH = 320;
const HEIGHT = 120;
const HOTTEST = 1300;

/** The firing curve; a line marks the present while the firing runs. */
export function CurveChart({
  segments,
  elapsed,
}: {
  readonly segments: readonly Segment[];
  readonly elapsed?: number | undefined;
}): ReactNode {
  const points = curveOf(segments);
  const last = points.at(-1);
  if (last === undefined || last.minute === 0) return undefined;
  const x = (minute: number): number => round((minute / last.minute) * WIDTH);
  const y = (temperature: number): number => round(HEIGHT - (temperature / HOTTEST) * HEIGHT);
  const running = elapsed !== undefined && elapsed >= 0 && elapsed <= last.minute;
  return (
    <svg
      className={styles.chart}
      viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}
      role="img"
      aria-label={`to ${String(last.temperature)} °C in ${formatDuration(last.minute)}`}
    >
      <polyline
        className={styles.curve}
        points={points
          .map(({ minute, temperature }) => `${String(x(minute))},${String(y(temperature))}`)
          .join(' ')}
      />
      {running && (
        <line className={styles.now} x1={x(elapsed)} x2={x(elapsed)} y1={0} y2={HEIGHT} />
      )}
    </svg>
  );
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
