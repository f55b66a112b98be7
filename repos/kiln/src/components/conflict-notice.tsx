import type { ReactNode } from 'react';
import { formatMoment } from '@format/clock';
import { formatDuration } from '@format/duration';
import { useStudio } from '@hooks/use-studio';
import { conflicts } from '@planning/conflicts';
import { kilnOf } from '@state/selectors';

/** Says which firings cannot be done as they are planned. */
export function ConflictNotice(): ReactNode {
  const { studio } = useStudio();
  const found = conflicts(studio.firings);
  if (found.length === 0) return undefined;
  return (
    <ul role="alert">
      {found.map(({ first, second, overlap }) => (
        <li key={second.id}>
          {kilnOf(studio, first)?.name} is not free at {formatMoment(second.start)}: wait{' '}
          {formatDuration(overlap)}.
        </li>
      ))}
    </ul>
  );
}
