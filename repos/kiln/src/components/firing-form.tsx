import { type ReactNode, useState } from 'react';
import { formatDuration } from '@format/duration';
import { parseMoment } from '@format/clock';
import { useStudio } from '@hooks/use-studio';
import { type Cone, allCones } from '@model/cone';
import type { FiringKind } from '@model/firing';
import { kilnObjection } from '@planning/compatible';
import { durationOf, segmentsOf } from '@planning/curve';
import { Button } from './button';
import { Field } from './field';
import styles from './form.module.css';

/** Plans a firing. */
export function FiringForm(): ReactNode {
  const { studio, dispatch } = useStudio();
  const [kilnId, setKilnId] = useState(studio.kilns[0]?.id ?? '');
  const [kind, setKind] = useState<FiringKind>('bisque');
  const [cone, setCone] = useState<Cone>('06');
  const [start, setStart] = useState('');

  const kiln = studio.kilns.find(({ id }) => id === kilnId);
  const problem = kiln === undefined ? 'There is no kiln.' : kilnObjection(kiln, { cone });
  const moment = parseMoment(start);
  const hold = kind === 'glaze' ? 15 : 0;

  const plan = (): void => {
    if (moment === undefined) return;
    const id = `firing-${String(studio.firings.length + 1)}`;
    dispatch({ type: 'plan-firing', id, kiln: kilnId, kind, cone, start: moment, hold });
  };

  return (
    <form className={styles.form} aria-label="New firing">
      <Field label="Kiln" problem={problem}>
        {id => (
          <select
            id={id}
            value={kilnId}
            onChange={event => {
              setKilnId(event.target.value);
            }}
          >
            {studio.kilns.map(({ id: value, name }) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Kind">
        {id => (
          <select
            id={id}
            value={kind}
            onChange={event => {
              setKind(event.target.value as FiringKind);
            }}
          >
            <option>bisque</option>
            <option>glaze</option>
          </select>
        )}
      </Field>
      <Field label="Cone">
        {id => (
          <select
            id={id}
            value={cone}
            onChange={event => {
              setCone(event.target.value as Cone);
            }}
          >
            {allCones.map(value => (
              <option key={value}>{value}</option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Start">
        {id => (
          <input
            id={id}
            type="datetime-local"
            value={start}
            onChange={event => {
              setStart(event.target.value);
            }}
          />
        )}
      </Field>
      <p>Takes {formatDuration(durationOf(segmentsOf({ kind, cone, hold })))}.</p>
      <Button disabled={problem !== undefined || moment === undefined} onPress={plan}>
        Plan
      </Button>
    </form>
  );
}
