import { describe, expect, it } from 'vitest';
import { reduce } from '@state/reducer';
import { candidatesFor, memberName, piecesOf } from '@state/selectors';
import { firing, piece, studio } from './helpers/bench';

describe('the studio', () => {
  it('takes pieces in and out', () => {
    const more = reduce(studio, { type: 'add-piece', piece: piece('bowl') });
    expect(more.pieces.map(({ id }) => id)).toEqual(['mug', 'plate', 'vase', 'bowl']);
    const less = reduce(more, { type: 'remove-piece', piece: 'mug' });
    expect(less.pieces.map(({ id }) => id)).toEqual(['plate', 'vase', 'bowl']);
    expect(less.firings[0]?.pieces).toEqual([]);
  });

  it('glazes what was bisque fired', () => {
    const glaze = { type: 'glaze-piece', piece: 'mug', glaze: 'snow' } as const;
    expect(reduce(studio, glaze).pieces[0]).toEqual(studio.pieces[0]);
    const fired = reduce(studio, { type: 'finish-firing', firing: 'first' });
    expect(fired.pieces[0]?.stage).toBe('bisque');
    expect(reduce(fired, glaze).pieces[0]).toMatchObject({ stage: 'glazed', glaze: 'snow' });
  });

  it('plans firings', () => {
    const planned = reduce(studio, {
      type: 'plan-firing',
      id: 'second',
      kiln: 'test',
      kind: 'glaze',
      cone: '6',
      start: 1,
      hold: 15,
    });
    expect(planned.firings[1]).toMatchObject({ id: 'second', pieces: [], done: false });
  });

  it('loads a piece once, and nothing when all is done', () => {
    const load = { type: 'load-piece', firing: 'first', piece: 'plate' } as const;
    const loaded = reduce(reduce(studio, load), load);
    expect(loaded.firings[0]?.pieces).toEqual(['mug', 'plate']);
    const done = reduce(studio, { type: 'finish-firing', firing: 'first' });
    expect(reduce(done, load)).toEqual(done);
    expect(reduce(done, { type: 'finish-firing', firing: 'first' })).toBe(done);
    const unloaded = reduce(loaded, { ...load, type: 'unload-piece' });
    expect(unloaded.firings).toEqual(studio.firings);
  });
});

describe('looking', () => {
  it('finds pieces in the order of loading', () => {
    const loaded = firing('x', { pieces: ['vase', 'mug', 'gone'] });
    expect(piecesOf(studio, loaded).map(({ id }) => id)).toEqual(['vase', 'mug']);
  });

  it('finds pieces that could go in', () => {
    expect(candidatesFor(studio, firing('x')).map(({ id }) => id)).toEqual(['plate']);
    const glaze = firing('y', { kind: 'glaze', cone: '6' });
    expect(candidatesFor(studio, glaze).map(({ id }) => id)).toEqual(['vase']);
  });

  it('knows names', () => {
    expect(memberName(studio, 'ida')).toBe('Ida Kron');
    expect(memberName(studio, 'eve')).toBe('somebody');
  });
});
