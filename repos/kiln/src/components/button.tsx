import type { ReactNode } from 'react';
import styles from './button.module.css';

interface ButtonProps {
  readonly onPress: () => void;
  readonly children: ReactNode;
  readonly quiet?: boolean;
  readonly disabled?: boolean;
  readonly label?: string;
}

/** A button that does something here; `label` is for those who cannot see what stands on it. */
export function Button({
  onPress,
  children,
  quiet = false,
  disabled = false,
  label,
}: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      className={quiet ? styles.quiet : styles.button}
      disabled={disabled}
      aria-label={label}
      onClick={onPress}
    >
      {children}
    </button>
  );
}
