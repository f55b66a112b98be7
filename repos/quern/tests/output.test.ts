import { describe as describeSchema, from, markdownTable, readCsv, textTable } from 'quern';
import { describe, expect, it } from 'vitest';
import { shelves, stock } from './helpers/stock';

describe('text tables', () => {
  it('align numbers to the right and truth in the middle', () => {
    const table = from(stock).select(['item', 'count', 'sold']).limit(4).run();
    expect(textTable(table, { missing: '?' })).toBe(
      [
        'item     count  sold',
        '-------  -----  ----',
        'screws     120   no',
        'nails       80   no',
        'hinges      14  yes',
        'handles      ?   no',
        '',
      ].join('\n'),
    );
  });

  it('round if told to', () => {
    const table = readCsv('x\n1.005\n20\n');
    expect(textTable(table, { digits: 1 })).toBe('   x\n----\n 1.0\n20.0\n');
  });
});

describe('markdown tables', () => {
  it('have a rule that aligns', () => {
    const table = from(stock).select(['item', 'price', 'sold']).limit(1).run();
    expect(markdownTable(table)).toBe(
      '| item | price | sold |\n| --- | ---: | :-: |\n| screws | 0.05 | no |\n',
    );
  });

  it('escape bars', () => {
    expect(markdownTable(readCsv('a\nb|c\n'))).toContain(String.raw`| b\|c |`);
  });
});

describe('schemas', () => {
  it('are described line by line', () => {
    expect(describeSchema(shelves.schema)).toBe(
      'shelf: text\nroom: text\nkeeper: text, may be missing\n',
    );
  });
});
