import { type ReactNode, useId } from 'react';
import styles from './field.module.css';

interface FieldProps {
  readonly label: string;
  /** Makes the control; it must have this id, or nobody knows what it is for. */
  readonly children: (id: string) => ReactNode;
  readonly problem?: string | undefined;
}

/** A control of a form with its label above and what is wrong with it below. */
export function Field({ label, children, problem }: FieldProps): ReactNode {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {problem !== undefined && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
