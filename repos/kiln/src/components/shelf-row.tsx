import type { ReactNode } from 'react';
import { formatShare } from '@format/amounts';
import type { Piece } from '@model/piece';
import type { Shelf } from '@planning/shelves';
import { Button } from './button';
import styles from './shelf-row.module.css';

interface ShelfRowProps {
  readonly shelf: Shelf;
  readonly onUnload: (piece: Piece) => void;
}

/** A shelf with its pieces; a press on one takes it out. */
export function ShelfRow({ shelf, onUnload }: ShelfRowProps): ReactNode {
  return (
    <li className={styles.row}>
      <meter className={styles.meter} value={shelf.filled} aria-label="filled">
        {formatShare(shelf.filled)}
      </meter>
      {shelf.pieces.map(piece => (
        <Button
          key={piece.id}
          quiet
          label={`Take out ${piece.name}`}
          onPress={() => {
            onUnload(piece);
          }}
        >
          {piece.name}
        </Button>
      ))}
    </li>
  );
}
