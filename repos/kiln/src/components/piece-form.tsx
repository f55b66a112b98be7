import { type ReactNode, useState } from 'react';
import { usePersisted } from '@hooks/use-persisted';
import { useStudio } from '@hooks/use-studio';
import { clays } from '@model/clay';
import type { Member } from '@model/member';
import { Button } from './button';
import { Field } from './field';
import { SizeFields } from './size-fields';
import styles from './form.module.css';

interface Draft {
  readonly name: string;
  readonly clay: string;
  readonly width: number;
  readonly depth: number;
  readonly height: number;
}

const EMPTY: Draft = { name: '', clay: 'buff', width: 100, depth: 100, height: 100 };

/** Adds a piece of a member; what is half written is there again after a reload. */
export function PieceForm({ member }: { readonly member: Member }): ReactNode {
  const { studio, dispatch } = useStudio();
  const [draft, setDraft] = usePersisted(`draft/${member.id}`, EMPTY);
  const [problem, setProblem] = useState<string>();

  const add = (): void => {
    const name = draft.name.trim();
    const small = [draft.width, draft.depth, draft.height].some(length => !(length > 0));
    const wrong = name === '' ? 'Give it a name.' : small ? 'Every length is above 0.' : undefined;
    setProblem(wrong);
    if (wrong !== undefined) return;
    const { clay, width, depth, height } = draft;
    const size = { width, depth, height };
    const id = `${member.id}-${String(studio.pieces.length + 1)}`;
    dispatch({
      type: 'add-piece',
      piece: { id, name, owner: member.id, clay, stage: 'greenware', size },
    });
    setDraft(EMPTY);
  };

  return (
    <form className={styles.form} aria-label="New piece">
      <Field label="Name" problem={problem}>
        {id => (
          <input
            id={id}
            value={draft.name}
            onChange={event => {
              setDraft({ ...draft, name: event.target.value });
            }}
          />
        )}
      </Field>
      <Field label="Clay">
        {id => (
          <select
            id={id}
            value={draft.clay}
            onChange={event => {
              setDraft({ ...draft, clay: event.target.value });
            }}
          >
            {clays.map(clay => (
              <option key={clay.id} value={clay.id}>
                {clay.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <SizeFields
        size={draft}
        onChange={size => {
          setDraft({ ...draft, ...size });
        }}
      />
      <Button onPress={add}>Add</Button>
    </form>
  );
}
