import { type Value, Table, column, compareValues, kindOf, sameValue } from 'quern';
import { describe, expect, it } from 'vitest';

describe('values', () => {
  it('have a kind, but for null', () => {
    expect([kindOf('a'), kindOf(1), kindOf(true), kindOf(null)]).toEqual([
      'text',
      'number',
      'boolean',
      undefined,
    ]);
  });

  it('are in one order', () => {
    const values: Value[] = ['b', 10, true, null, 'B', -1, false, 2];
    expect(values.sort(compareValues)).toEqual([null, false, true, -1, 2, 10, 'B', 'b']);
  });

  it('are the same only within their kind', () => {
    expect(sameValue('1', 1)).toBe(false);
    expect(sameValue(null, null)).toBe(true);
  });
});

describe('tables', () => {
  const columns = [column('name', 'text'), column('size', 'number', { nullable: true })];

  it('take rows that agree with their columns', () => {
    const table = Table.of(columns, [
      ['a', 1],
      ['b', null],
    ]);
    expect(table.size).toBe(2);
    expect(table.values('size')).toEqual([1, null]);
    expect(table.records()[1]).toEqual({ name: 'b', size: null });
  });

  it.each([
    [['a'], 'row 0 has 1 cells in place of 2'],
    [['a', 'b'], 'row 0: `b` in column `size`, which holds number'],
    [[null, 1], 'row 0: `null` in column `name`, which holds text'],
  ])('refuse %j', (row, message) => {
    expect(() => Table.of(columns, [row])).toThrow(message);
  });

  it('have each name once', () => {
    expect(() => Table.of([column('a', 'text'), column('a', 'number')], [])).toThrow('two columns');
  });

  it('say which columns there are', () => {
    expect(() => Table.of(columns, []).values('sizes')).toThrow(
      'no column `sizes`, there are name and size',
    );
  });
});
