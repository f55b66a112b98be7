import { describe, expect, it } from 'vitest';
import { glazes } from '@model/glaze';
import { type Piece, afterFiring } from '@model/piece';
import { kilnObjection, objection } from '@planning/compatible';
import { conflicts } from '@planning/conflicts';
import { curveOf, durationOf, segmentsOf, temperatureAt } from '@planning/curve';
import { energyOf } from '@planning/energy';
import { costOf, feesOf } from '@planning/fees';
import { loadKiln } from '@planning/shelves';
import { seed } from '@state/seed';
import { firing, piece } from './helpers/bench';

const [big, small] = seed.kilns;
if (big === undefined || small === undefined) throw new Error('the seed has two kilns');

describe('curves', () => {
  const segments = [
    { rate: 60, target: 80, hold: 30 },
    { rate: 120, target: 200, hold: 0 },
  ];

  it('have a corner for each change of speed', () => {
    expect(curveOf(segments)).toEqual([
      { minute: 0, temperature: 20 },
      { minute: 60, temperature: 80 },
      { minute: 90, temperature: 80 },
      { minute: 150, temperature: 200 },
    ]);
    expect(durationOf(segments)).toBe(150);
  });

  it.each([
    [-5, 20],
    [30, 50],
    [75, 80],
    [120, 140],
    [500, 200],
  ])('are at minute %d at %d °C', (minute, temperature) => {
    expect(temperatureAt(segments, minute)).toBe(temperature);
  });

  it('of bisque firings begin slowly', () => {
    const bisque = durationOf(segmentsOf({ kind: 'bisque', cone: '05', hold: 0 }));
    const glaze = durationOf(segmentsOf({ kind: 'glaze', cone: '05', hold: 0 }));
    expect(bisque).toBeGreaterThan(glaze);
  });
});

describe('what may be fired', () => {
  const glazed: Piece = piece('pot', { stage: 'glazed', glaze: 'tenmoku' });

  it.each([
    [piece('pot'), 'bisque', '05', undefined],
    [piece('pot'), 'bisque', '06', 'Buff stoneware wants a bisque of cone 05'],
    [piece('pot'), 'glaze', '6', 'only glazed pieces are glaze fired'],
    [piece('pot', { clay: 'mud' }), 'bisque', '05', 'nobody knows the clay mud'],
    [piece('pot', { clay: 'terracotta' }), 'bisque', '5', 'Terracotta slumps above cone 04'],
    [glazed, 'glaze', '6', undefined],
    [glazed, 'glaze', '5', 'Tenmoku is made for cones 6 to 10'],
    [glazed, 'bisque', '05', 'only greenware is bisque fired'],
  ] as const)('case %#', (candidate, kind, cone, wrong) => {
    expect(objection(candidate, { kind, cone })).toBe(wrong);
  });

  it('depends on the kiln', () => {
    expect(kilnObjection(big, { cone: '10' })).toBeUndefined();
    expect(kilnObjection(small, { cone: '10' })).toBe('Test kiln does not reach cone 10');
  });

  it('is in the next stage afterwards', () => {
    expect(afterFiring('greenware')).toBe('bisque');
    expect(afterFiring('bisque')).toBe('bisque');
    expect(afterFiring('glazed')).toBe('done');
  });

  it('has a glaze with its cones in order', () => {
    expect(glazes.every(({ from, to }) => from <= to || to === '10' || from === '06')).toBe(true);
  });
});

describe('shelves', () => {
  const tile = piece('tile', { size: { width: 440, depth: 560, height: 20 } });

  it('hold pieces of like height', () => {
    const tall = piece('tall', { size: { width: 400, depth: 400, height: 300 } });
    const flat = { ...tile, size: { width: 500, depth: 500, height: 40 } };
    const { shelves, left } = loadKiln(big, [flat, tall]);
    expect(shelves.map(shelf => [shelf.pieces[0]?.id, shelf.height])).toEqual([
      ['tall', 330],
      ['tile', 70],
    ]);
    expect(left).toEqual([]);
  });

  it('are filled before there is another one', () => {
    const { shelves } = loadKiln(big, [piece('a'), piece('b')]);
    expect(shelves).toHaveLength(1);
    expect(shelves[0]?.filled).toBeCloseTo((2 * 120 * 120) / (560 * 560 * 0.8));
  });

  it('leave out what has no place', () => {
    const long = piece('long', { size: { width: 600, depth: 20, height: 20 } });
    const high = piece('high', { size: { width: 100, depth: 100, height: 651 } });
    expect(loadKiln(big, [long, high, tile]).left.map(({ id }) => id)).toEqual(['high', 'long']);
  });
});

describe('conflicts', () => {
  it('are firings that overlap in one kiln', () => {
    const first = firing('first');
    const second = firing('second', { start: first.start + 60 });
    const elsewhere = firing('elsewhere', { start: first.start + 30, kiln: 'test' });
    const found = conflicts([second, first, elsewhere]);
    expect(found.map(({ first: a, second: b }) => [a.id, b.id])).toEqual([['first', 'second']]);
    expect(found[0]?.overlap).toBeCloseTo(durationOf(segmentsOf(first)) - 60);
  });

  it('are none after a firing is done', () => {
    const first = firing('first', { done: true });
    expect(conflicts([first, firing('second', { start: first.start + 60 })])).toEqual([]);
  });
});

describe('money', () => {
  it('is used up by heat', () => {
    const segments = segmentsOf({ kind: 'bisque', cone: '05', hold: 0 });
    const energy = energyOf(big, segments);
    expect(energy).toBeGreaterThan(50);
    expect(energy).toBeLessThan(60);
    expect(energyOf(small, segments)).toBeCloseTo((energy * 3) / 11);
    expect(costOf(10)).toBe(830);
  });

  it('is owed by room, with discounts', () => {
    const size = { width: 100, depth: 100, height: 300 };
    const pieces = [piece('a'), piece('b', { owner: 'studio', size })];
    const fees = feesOf(1000, pieces, seed.members);
    expect(fees.map(({ member, cents }) => [member.id, cents])).toEqual([
      ['studio', 338],
      ['ida', 324],
    ]);
    expect(feesOf(1000, [], seed.members)).toEqual([]);
  });
});
