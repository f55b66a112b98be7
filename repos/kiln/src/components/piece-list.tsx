import type { ReactNode } from 'react';
import { useFilter } from '@hooks/use-filter';
import { useStudio } from '@hooks/use-studio';
import { memberName } from '@state/selectors';
import { Button } from './button';
import { FilterBar } from './filter-bar';
import { PieceCard } from './piece-card';
import styles from './piece-list.module.css';

/** All pieces that the filter lets through. */
export function PieceList(): ReactNode {
  const { studio, dispatch } = useStudio();
  const { filter, found, setFilter, clear } = useFilter(studio.pieces);
  return (
    <section aria-label="Pieces">
      <FilterBar filter={filter} members={studio.members} onChange={setFilter} onClear={clear} />
      {found.length === 0 && <p>No piece is like that.</p>}
      <ul className={styles.list}>
        {found.map(piece => (
          <li key={piece.id}>
            <PieceCard
              piece={piece}
              owner={memberName(studio, piece.owner)}
              actions={
                <Button
                  quiet
                  label={`Remove ${piece.name}`}
                  onPress={() => {
                    dispatch({ type: 'remove-piece', piece: piece.id });
                  }}
                >
                  Remove
                </Button>
              }
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
