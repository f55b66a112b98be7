import {
  type Value,
  Schema,
  column,
  columnsOf,
  compile,
  fold,
  kindOfExpr,
  lit,
  parseExpr,
  printExpr,
} from 'quern';
import { describe, expect, it } from 'vitest';

const schema = new Schema([
  column('name', 'text', { nullable: true }),
  column('count', 'number', { nullable: true }),
  column('sold', 'boolean', { nullable: true }),
]);

function evaluate(text: string, row: Value[] = ['nails', 80, false]): Value {
  return compile(parseExpr(text), schema)(row);
}

describe('evaluating', () => {
  it.each<[string, Value]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['-count + 100', 20],
    ['10 - 2 - 3', 5],
    ['count / 0', null],
    ["upper(name) || '!'", 'NAILS!'],
    ['not sold and count >= 80', true],
    ["contains(name, 'ail')", true],
    ['length(trim(name))', 5],
    ["name = 'it''s'", false],
    ['round(2.6) = abs(-3)', true],
  ])('%s is %s', (text, value) => {
    expect(evaluate(text)).toBe(value);
  });

  it.each<[string, Value]>([
    ['count > 3', null],
    ['sold and false', false],
    ['sold or true', true],
    ['sold and true', null],
    ['coalesce(count, 7)', 7],
    ['lower(name)', null],
  ])('with nothing known %s is %s', (text, value) => {
    expect(evaluate(text, [null, null, null])).toBe(value);
  });
});

describe('reading', () => {
  it.each([
    ['1 +', 'expected a value, found the end'],
    ['(1', 'expected `)`, found the end'],
    ['1 2', 'expected the end, found `2`'],
    ['a ? b', 'cannot read `? b`'],
  ])('refuses %s', (text, message) => {
    expect(() => parseExpr(text)).toThrow(message);
  });

  it('knows quoted names and words in any case', () => {
    expect(columnsOf(parseExpr('"unit price" > 1 AND Not "and"'))).toEqual(
      new Set(['unit price', 'and']),
    );
  });
});

describe('printing', () => {
  it.each([
    'a + b * c',
    '(a + b) * c',
    'a - (b - c)',
    'not (a and b) or c',
    'not a = b',
    '-(a + b) * c',
    "lower(name) = 'it''s'",
    '"unit price" > 1.5',
    'coalesce(a, null, true)',
  ])('%s comes back', text => {
    expect(printExpr(parseExpr(text))).toBe(text);
  });

  it('leaves out what is not needed', () => {
    expect(printExpr(parseExpr('((a)) + ((b * c))'))).toBe('a + b * c');
  });
});

describe('checking', () => {
  it.each([
    ['count + 1', 'number'],
    ["name || 'x'", 'text'],
    ['count > 1 or sold', 'boolean'],
    ['coalesce(null, count)', 'number'],
    ['null', undefined],
  ])('%s is %s', (text, kind) => {
    expect(kindOfExpr(parseExpr(text), schema)).toBe(kind);
  });

  it.each([
    ['name + 1', '`+` takes number, not text'],
    ["count = '1'", '`=` takes number, not text'],
    ['not count', '`not` takes boolean, not number'],
    ['upper(count)', '`upper` takes text, not number'],
    ['upper(name, name)', '`upper` takes 1 arguments, not 2'],
    ['sqrt(count)', 'no function `sqrt`'],
  ])('refuses %s', (text, message) => {
    expect(() => kindOfExpr(parseExpr(text), schema)).toThrow(message);
  });
});

describe('folding', () => {
  it('evaluates what looks at no column', () => {
    expect(printExpr(fold(parseExpr('count > 2 * (3 + 4)')))).toBe('count > 14');
    expect(fold(parseExpr("upper('a') = 'A'"))).toEqual(lit(true));
    expect(printExpr(fold(parseExpr('coalesce(count, 1 + 1)')))).toBe('coalesce(count, 2)');
  });
});
