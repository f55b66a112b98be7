import { type ReactNode, useState } from 'react';
import { useStudio } from '@hooks/use-studio';
import { ConflictNotice } from './conflict-notice';
import { Field } from './field';
import { FiringCard } from './firing-card';
import { FiringForm } from './firing-form';
import { PieceForm } from './piece-form';
import { PieceList } from './piece-list';
import styles from './app.module.css';

export function App(): ReactNode {
  const { studio } = useStudio();
  const [memberId, setMemberId] = useState(studio.members[0]?.id);
  const member = studio.members.find(({ id }) => id === memberId);
  return (
    <main className={styles.app}>
      <h1>Kiln planner</h1>
      <ConflictNotice />
      <Field label="I am">
        {id => (
          <select
            id={id}
            value={memberId}
            onChange={event => {
              setMemberId(event.target.value);
            }}
          >
            {studio.members.map(({ id: value, name }) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {member !== undefined && <PieceForm member={member} />}
      <PieceList />
      <FiringForm />
      {studio.firings.map(firing => (
        <FiringCard key={firing.id} firing={firing} />
      ))}
    </main>
  );
}
