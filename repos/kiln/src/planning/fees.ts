import type { Member } from '@model/member';
import { type Piece, litres } from '@model/piece';

export interface Fee {
  readonly member: Member;
  readonly litres: number;
  readonly cents: number;
}

/** Cents of a kilowatt hour, and what the studio adds to each firing for wear. */
export const CENTS_PER_KWH = 38;
export const WEAR = 450;

/** What a firing costs the studio, in cents. */
export function costOf(kilowattHours: number): number {
  return Math.round(kilowattHours * CENTS_PER_KWH) + WEAR;
}

/** Splits a cost among the owners of pieces, by the room that these take; largest share first. */
export function feesOf(cost: number, pieces: readonly Piece[], members: readonly Member[]): Fee[] {
  const total = pieces.reduce((sum, { size }) => sum + litres(size), 0);
  return members
    .map(member => {
      const own = pieces.filter(({ owner }) => owner === member.id);
      const room = own.reduce((sum, { size }) => sum + litres(size), 0);
      const share = total === 0 ? 0 : room / total;
      const cents = Math.round(cost * share * (1 - member.discount / 100));
      return { member, litres: room, cents };
    })
    .filter(fee => fee.litres > 0)
    .sort((left, right) => right.litres - left.litres);
}
