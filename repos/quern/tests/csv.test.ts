import { readCsv, writeCsv } from 'quern';
import { describe, expect, it } from 'vitest';
import { stock } from './helpers/stock';

describe('reading CSV', () => {
  it('finds out what columns hold', () => {
    expect(stock.schema.columns.map(({ kind }) => kind)).toEqual([
      'text',
      'text',
      'number',
      'number',
      'boolean',
    ]);
    expect(stock.schema.column('count').nullable).toBe(true);
  });

  it('takes quoted fields as text', () => {
    const table = readCsv('a,b\r\n"1","say ""hi"", twice"\r\n"two\nlines",\r\n');
    expect(table.rows).toEqual([
      ['1', 'say "hi", twice'],
      ['two\nlines', null],
    ]);
  });

  it('knows other separators and the last field without a line end', () => {
    expect(readCsv('a;b\n1;', { separator: ';' }).rows).toEqual([[1, null]]);
  });

  it('reads negative numbers and fractions', () => {
    expect(readCsv('a\n-1\n+2.50\n').values('a')).toEqual([-1, 2.5]);
  });

  it.each([
    ['', 'there is no header'],
    ['a,b\n1\n', 'record 1 has 1 fields in place of 2'],
    ['a\n"1\n', 'a quote is never closed'],
    ['a\n"1"2\n', 'text after a closing quote'],
  ])('refuses %j', (text, message) => {
    expect(() => readCsv(text)).toThrow(message);
  });
});

describe('writing CSV', () => {
  it('comes back', () => {
    expect(readCsv(writeCsv(stock))).toEqual(stock);
  });

  it('quotes what could be taken for something else', () => {
    const table = readCsv('a,"b,c"\n"1",x\n"",y\n"true","z""z"\n');
    expect(writeCsv(table)).toBe('a,"b,c"\n"1",x\n"",y\n"true","z""z"\n');
  });
});
