import type { ReactNode } from 'react';
import { formatMoment } from '@format/clock';
import { useNow } from '@hooks/use-now';
import { useStudio } from '@hooks/use-studio';
import type { Firing } from '@model/firing';
import { segmentsOf } from '@planning/curve';
import { energyOf } from '@planning/energy';
import { costOf, feesOf } from '@planning/fees';
import { kilnOf, piecesOf } from '@state/selectors';
import { Button } from './button';
import { CurveChart } from './curve-chart';
import { FeeTable } from './fee-table';
import { LoadView } from './load-view';
import styles from './firing-card.module.css';

/** A firing: when, how hot, what is in it and what it costs. */
export function FiringCard({ firing }: { readonly firing: Firing }): ReactNode {
  const { studio, dispatch } = useStudio();
  const now = useNow();
  const kiln = kilnOf(studio, firing);
  if (kiln === undefined) return <p role="alert">The kiln of this firing is gone.</p>;

  const segments = segmentsOf(firing);
  const cost = costOf(energyOf(kiln, segments));
  const fees = feesOf(cost, piecesOf(studio, firing), studio.members);
  return (
    <article className={styles.card} aria-label={`Firing in ${kiln.name}`}>
      <h3>
        {kiln.name}, {firing.kind} to cone {firing.cone}
      </h3>
      <p>{firing.done ? 'Done' : formatMoment(firing.start)}</p>
      <CurveChart segments={segments} elapsed={now - firing.start} />
      <LoadView firing={firing} kiln={kiln} />
      {fees.length > 0 && <FeeTable fees={fees} />}
      {!firing.done && (
        <Button
          onPress={() => {
            dispatch({ type: 'finish-firing', firing: firing.id });
          }}
        >
          Finish
        </Button>
      )}
    </article>
  );
}
