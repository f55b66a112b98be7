import type { Firing } from '@model/firing';
import type { Kiln } from '@model/kiln';
import type { Member } from '@model/member';
import type { Piece } from '@model/piece';

/** All that the planner knows. */
export interface Studio {
  readonly members: readonly Member[];
  readonly kilns: readonly Kiln[];
  readonly pieces: readonly Piece[];
  readonly firings: readonly Firing[];
}
