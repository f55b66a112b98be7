import type { Firing } from '@model/firing';
import type { Kiln } from '@model/kiln';
import type { Piece } from '@model/piece';
import { objection } from '@planning/compatible';
import type { Studio } from '@state/studio';

export function kilnOf(studio: Studio, firing: Firing): Kiln | undefined {
  return studio.kilns.find(({ id }) => id === firing.kiln);
}

/** Pieces of a firing, in the order in which they were loaded. */
export function piecesOf(studio: Studio, firing: Firing): Piece[] {
  return firing.pieces.flatMap(id => studio.pieces.filter(piece => piece.id === id));
}

/** Pieces that are in no planned firing and that this one would do good. */
export function candidatesFor(studio: Studio, firing: Firing): Piece[] {
  const taken = new Set(studio.firings.filter(({ done }) => !done).flatMap(({ pieces }) => pieces));
  return studio.pieces.filter(
    piece => !taken.has(piece.id) && objection(piece, firing) === undefined,
  );
}

export function memberName(studio: Studio, id: string): string {
  return studio.members.find(member => member.id === id)?.name ?? 'somebody';
}
