import type { ReactNode } from 'react';
import type { Stage } from '@model/piece';
import styles from './stage-badge.module.css';

const NAMES: Record<Stage, string> = {
  greenware: 'raw',
  bisque: 'bisque fired',
  glazed: 'glazed',
  done: 'done',
};

export function StageBadge({ stage }: { readonly stage: Stage }): ReactNode {
  return <span className={`${styles.badge} ${styles[stage]}`}>{NAMES[stage]}</span>;
}
