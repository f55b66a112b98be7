import { clayById } from '@model/clay';
import { compareCones } from '@model/cone';
import type { Firing } from '@model/firing';
import { glazeById } from '@model/glaze';
import type { Kiln } from '@model/kiln';
import type { Piece } from '@model/piece';

/** What keeps a piece out of a firing, in words for its owner; none if nothing does. */
export function objection(piece: Piece, firing: Pick<Firing, 'kind' | 'cone'>): string | undefined {
  const clay = clayById(piece.clay);
  if (clay === undefined) return `nobody knows the clay ${piece.clay}`;
  if (compareCones(firing.cone, clay.limit) > 0) {
    return `${clay.name} slumps above cone ${clay.limit}`;
  }
  return firing.kind === 'bisque'
    ? bisqueObjection(piece, firing.cone)
    : glazeObjection(piece, firing.cone);
}

/** What keeps a kiln from a firing. */
export function kilnObjection(kiln: Kiln, firing: Pick<Firing, 'cone'>): string | undefined {
  return compareCones(firing.cone, kiln.limit) > 0
    ? `${kiln.name} does not reach cone ${firing.cone}`
    : undefined;
}

function bisqueObjection(piece: Piece, cone: Firing['cone']): string | undefined {
  if (piece.stage !== 'greenware') return 'only greenware is bisque fired';
  const clay = clayById(piece.clay);
  return clay !== undefined && compareCones(cone, clay.bisque) < 0
    ? `${clay.name} wants a bisque of cone ${clay.bisque}`
    : undefined;
}

function glazeObjection(piece: Piece, cone: Firing['cone']): string | undefined {
  if (piece.stage !== 'glazed') return 'only glazed pieces are glaze fired';
  const glaze = glazeById(piece.glaze ?? '');
  if (glaze === undefined) return `nobody knows the glaze ${piece.glaze ?? 'of it'}`;
  const fits = compareCones(cone, glaze.from) >= 0 && compareCones(cone, glaze.to) <= 0;
  return fits ? undefined : `${glaze.name} is made for cones ${glaze.from} to ${glaze.to}`;
}
