import type { Cone } from '@model/cone';
import type { FiringKind } from '@model/firing';
import type { Piece } from '@model/piece';

export interface PlanFiring {
  readonly type: 'plan-firing';
  readonly id: string;
  readonly kiln: string;
  readonly kind: FiringKind;
  readonly cone: Cone;
  readonly start: number;
  readonly hold: number;
}

/** What can happen in the studio. */
export type Action =
  | { readonly type: 'add-piece'; readonly piece: Piece }
  | { readonly type: 'glaze-piece'; readonly piece: string; readonly glaze: string }
  | { readonly type: 'remove-piece'; readonly piece: string }
  | PlanFiring
  | { readonly type: 'load-piece'; readonly firing: string; readonly piece: string }
  | { readonly type: 'unload-piece'; readonly firing: string; readonly piece: string }
  | { readonly type: 'finish-firing'; readonly firing: string };
