import type { Cone } from '@model/cone';

export type FiringKind = 'bisque' | 'glaze';

/** A firing that is planned or was done. */
export interface Firing {
  readonly id: string;
  readonly kiln: string;
  readonly kind: FiringKind;
  readonly cone: Cone;
  /** Minutes since the Unix epoch. */
  readonly start: number;
  /** Minutes at the end temperature. */
  readonly hold: number;
  readonly pieces: readonly string[];
  readonly done: boolean;
}
