import { from } from 'quern';
import { describe, expect, it } from 'vitest';
import { shelves, stock } from './helpers/stock';

describe('filters', () => {
  it('keep rows for which they are true', () => {
    const found = from(stock).where('count > 10').where('not sold').run();
    expect(found.values('item')).toEqual(['screws', 'nails']);
  });

  it('are true or false', () => {
    expect(() => from(stock).where('count + 1').run()).toThrow('true or false, not number');
  });

  it('may stand behind a sort', () => {
    const found = from(stock).orderBy('price').where("shelf = 'A'").run();
    expect(found.values('item')).toEqual(['nails', 'screws']);
  });
});

describe('selections', () => {
  it('choose columns', () => {
    expect(from(stock).select(['price', 'item']).run().schema.names).toEqual(['price', 'item']);
  });

  it('make columns', () => {
    const worth = from(stock).select({ item: 'item', worth: 'count * price' }).run();
    expect(worth.values('worth')).toEqual([6, 1.6, 35, null, 73.5]);
    expect(worth.schema.column('worth')).toEqual({ name: 'worth', kind: 'number', nullable: true });
  });
});

describe('sorting', () => {
  it('goes up and down', () => {
    expect(from(stock).orderBy('price').run().values('item')[0]).toBe('nails');
    expect(from(stock).orderBy('price', 'desc').run().values('item')[0]).toBe('paint');
  });

  it('has further keys', () => {
    const sorted = from(stock).orderBy('shelf', 'desc').orderBy('item').run();
    expect(sorted.values('item')).toEqual(['paint', 'handles', 'hinges', 'nails', 'screws']);
  });

  it('leaves rows that are the same as they were', () => {
    const sorted = from(stock).orderBy('sold').run();
    expect(sorted.values('item')).toEqual(['screws', 'nails', 'handles', 'hinges', 'paint']);
  });
});

describe('groups', () => {
  it('have a row each', () => {
    const perShelf = from(stock)
      .groupBy(['shelf'], { items: 'count()', total: 'sum(count)', dearest: 'max(price)' })
      .run();
    expect(perShelf.rows).toEqual([
      ['A', 2, 200, 0.05],
      ['B', 2, 14, 4],
      ['C', 1, 6, 12.25],
    ]);
  });

  it('may be only one', () => {
    const all = from(stock).groupBy([], { mean: 'average(count)', first: 'min(item)' }).run();
    expect(all.rows).toEqual([[55, 'handles']]);
    expect(from(stock).where('false').groupBy([], { items: 'count()' }).run().rows).toEqual([[0]]);
  });

  it('take the known functions only', () => {
    expect(() => from(stock).groupBy([], { x: 'median(count)' })).toThrow('is not one of count');
    expect(() => from(stock).groupBy([], { x: 'sum()' })).toThrow('takes one argument');
    expect(() => from(stock).groupBy([], { x: 'sum(item)' }).run()).toThrow('not text');
  });
});

describe('joins', () => {
  it('keep rows with a partner', () => {
    const joined = from(stock).join(shelves, ['shelf']).select(['item', 'room']).run();
    expect(joined.rows).toEqual([
      ['screws', 'cellar'],
      ['nails', 'cellar'],
      ['hinges', 'attic'],
      ['handles', 'attic'],
    ]);
  });

  it('keep all rows of the left side if told to', () => {
    const joined = from(stock).join(shelves, ['shelf'], 'left').select(['item', 'room']).run();
    expect(joined.rows.at(-1)).toEqual(['paint', null]);
    expect(joined.schema.column('room').nullable).toBe(true);
  });

  it('tell columns of the same name apart', () => {
    const keys = { left: ['item'], right: ['item'] };
    expect(from(stock).join(stock, keys).run().schema.names).toEqual([
      ...stock.schema.names,
      'right_shelf',
      'right_count',
      'right_price',
      'right_sold',
    ]);
  });

  it('compare keys of one kind', () => {
    const keys = { left: ['count'], right: ['room'] };
    expect(() => from(stock).join(shelves, keys).run()).toThrow(
      '`count` holds number, but `room` holds text',
    );
  });
});

describe('the rest', () => {
  it('drops what was there before', () => {
    expect(from(stock).select(['shelf']).distinct().run().values('shelf')).toEqual(['A', 'B', 'C']);
  });

  it('cuts out a slice', () => {
    expect(from(stock).limit(2, 1).run().values('item')).toEqual(['nails', 'hinges']);
  });
});
