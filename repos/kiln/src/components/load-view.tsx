import type { ReactNode } from 'react';
import { useStudio } from '@hooks/use-studio';
import type { Firing } from '@model/firing';
import type { Kiln } from '@model/kiln';
import { loadKiln } from '@planning/shelves';
import { candidatesFor, piecesOf } from '@state/selectors';
import { Button } from './button';
import { ShelfRow } from './shelf-row';
import styles from './load-view.module.css';

interface LoadViewProps {
  readonly firing: Firing;
  readonly kiln: Kiln;
}

/** The shelves of a firing, top shelf first as one looks at them, and what could still go in. */
export function LoadView({ firing, kiln }: LoadViewProps): ReactNode {
  const { studio, dispatch } = useStudio();
  const { shelves } = loadKiln(kiln, piecesOf(studio, firing));
  const candidates = firing.done ? [] : candidatesFor(studio, firing);
  return (
    <div className={styles.load}>
      <ol className={styles.shelves} aria-label="Shelves">
        {[...shelves].reverse().map(shelf => (
          <ShelfRow
            key={shelf.pieces[0]?.id}
            shelf={shelf}
            onUnload={piece => {
              dispatch({ type: 'unload-piece', firing: firing.id, piece: piece.id });
            }}
          />
        ))}
      </ol>
      {candidates.length > 0 && <h4>Could go in</h4>}
      <div className={styles.candidates}>
        {candidates.map(piece => (
          <Button
            key={piece.id}
            quiet
            label={`Put in ${piece.name}`}
            onPress={() => {
              dispatch({ type: 'load-piece', firing: firing.id, piece: piece.id });
            }}
          >
            {piece.name}
          </Button>
        ))}
      </div>
    </div>
  );
}
