import type { ReactNode } from 'react';
import { clayById } from '@model/clay';
import { glazeById } from '@model/glaze';
import { type Piece, litres } from '@model/piece';
import { formatLitres, formatSize } from '@format/amounts';
import { StageBadge } from './stage-badge';
import styles from './piece-card.module.css';

interface PieceCardProps {
  readonly piece: Piece;
  readonly owner: string;
  readonly actions?: ReactNode;
}

/** One piece, with what can be done to it. */
export function PieceCard({ piece, owner, actions }: PieceCardProps): ReactNode {
  const clay = clayById(piece.clay)?.name ?? piece.clay;
  const glaze = piece.glaze === undefined ? undefined : glazeById(piece.glaze)?.name;
  return (
    <article className={styles.card} aria-label={piece.name}>
      <header className={styles.head}>
        <h3>{piece.name}</h3>
        <StageBadge stage={piece.stage} />
      </header>
      <p className={styles.facts}>
        {owner} · {glaze === undefined ? clay : `${clay}, ${glaze}`}
      </p>
      <p className={styles.facts}>
        {formatSize(piece.size)} ({formatLitres(litres(piece.size))})
      </p>
      {actions !== undefined && <footer className={styles.actions}>{actions}</footer>}
    </article>
  );
}
