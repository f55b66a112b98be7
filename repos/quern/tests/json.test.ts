import { readJson, writeJson } from 'quern';
import { describe, expect, it } from 'vitest';
import { shelves } from './helpers/stock';

describe('JSON', () => {
  it('comes back', () => {
    expect(readJson(writeJson(shelves))).toEqual(shelves);
  });

  it('may leave out keys', () => {
    const table = readJson('[{"a": 1}, {"b": true, "a": 2}]');
    expect(table.rows).toEqual([
      [1, null],
      [2, true],
    ]);
  });

  it.each(['{}', '[1]', '[{"a": []}]'])('is not %s', text => {
    expect(() => readJson(text)).toThrow(/expected an array of objects|no plain value/);
  });

  it('has one kind in a column', () => {
    expect(() => readJson('[{"a": 1}, {"a": "b"}]')).toThrow('which holds number');
  });
});
