import type { Firing } from '@model/firing';
import type { Piece } from '@model/piece';
import { seed } from '@state/seed';
import type { Studio } from '@state/studio';

export function piece(id: string, changes: Partial<Piece> = {}): Piece {
  const size = { width: 120, depth: 120, height: 100 };
  return { id, name: id, owner: 'ida', clay: 'buff', stage: 'greenware', size, ...changes };
}

/** A bisque firing in the big kiln, on 14 May 2024 at 8. */
export function firing(id: string, changes: Partial<Firing> = {}): Firing {
  const start = Date.UTC(2024, 4, 14, 8) / 60_000;
  return {
    id,
    kiln: 'big',
    kind: 'bisque',
    cone: '05',
    start,
    hold: 0,
    pieces: [],
    done: false,
    ...changes,
  };
}

/** A studio in the middle of its work. */
export const studio: Studio = {
  ...seed,
  pieces: [
    piece('mug'),
    piece('plate', { owner: 'jon', size: { width: 260, depth: 260, height: 30 } }),
    piece('vase', {
      owner: 'jon',
      stage: 'glazed',
      glaze: 'tenmoku',
      size: { width: 140, depth: 140, height: 320 },
    }),
  ],
  firings: [firing('first', { pieces: ['mug'] })],
};
