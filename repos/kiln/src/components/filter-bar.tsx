import type { ReactNode } from 'react';
import type { Filter } from '@hooks/use-filter';
import type { Member } from '@model/member';
import { type Stage, stages } from '@model/piece';
import { Button } from './button';
import { Field } from './field';
import styles from './filter-bar.module.css';

interface FilterBarProps {
  readonly filter: Filter;
  readonly members: readonly Member[];
  readonly onChange: (filter: Filter) => void;
  readonly onClear: () => void;
}

export function FilterBar({ filter, members, onChange, onClear }: FilterBarProps): ReactNode {
  const { owner, stage, ...rest } = filter;
  return (
    <div className={styles.bar} role="search">
      <Field label="Name">
        {id => (
          <input
            id={id}
            value={filter.text}
            onChange={event => {
              onChange({ ...filter, text: event.target.value });
            }}
          />
        )}
      </Field>
      <Field label="Owner">
        {id => (
          <select
            id={id}
            value={owner ?? ''}
            onChange={({ target }) => {
              const kept = stage === undefined ? rest : { ...rest, stage };
              onChange(target.value === '' ? kept : { ...kept, owner: target.value });
            }}
          >
            <option value="">everybody</option>
            {members.map(member => (
              <option key={member.id} value={member.id}>
                {member.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Stage">
        {id => (
          <select
            id={id}
            value={stage ?? ''}
            onChange={({ target }) => {
              const kept = owner === undefined ? rest : { ...rest, owner };
              onChange(target.value === '' ? kept : { ...kept, stage: target.value as Stage });
            }}
          >
            <option value="">all</option>
            {stages.map(name => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
      </Field>
      <Button quiet onPress={onClear}>
        Show all
      </Button>
    </div>
  );
}
