import { QuernError } from '@core/errors';

export type TokenType = 'number' | 'text' | 'name' | 'word' | 'symbol' | 'end';

export interface Token {
  readonly type: TokenType;
  /** Without quotes; words in lower case. */
  readonly text: string;
  readonly position: number;
}

const WORDS = new Set(['and', 'or', 'not', 'true', 'false', 'null']);

const PATTERNS: readonly (readonly [TokenType | 'blank', RegExp])[] = [
  ['blank', /\s+/y],
  ['number', /\d+(?:\.\d+)?/y],
  ['text', /'(?:[^']|'')*'/y],
  ['name', /[A-Za-z_][A-Za-z0-9_]*|"(?:[^"]|"")+"/y],
  ['symbol', /<=|>=|!=|\|\||[=<>+\-*/(),]/y],
];

/** Cuts a text into tokens; the last one is always `end`. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    const { type, found } = matchAt(text, position);
    if (type !== 'blank') tokens.push(token(type, found, position));
    position += found.length;
  }
  tokens.push({ type: 'end', text: '', position });
  return tokens;
}

function matchAt(text: string, position: number): { type: TokenType | 'blank'; found: string } {
  for (const [type, pattern] of PATTERNS) {
    pattern.lastIndex = position;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return { type, found };
  }
  throw new QuernError('syntax', `cannot read \`${text.slice(position)}\``, position);
}

function token(type: TokenType, found: string, position: number): Token {
  if (type === 'text') return { type, text: unquoted(found, "'"), position };
  if (type !== 'name') return { type, text: found, position };
  if (found.startsWith('"')) return { type, text: unquoted(found, '"'), position };
  const word = found.toLowerCase();
  return WORDS.has(word) ? { type: 'word', text: word, position } : { type, text: found, position };
}

function unquoted(found: string, quote: string): string {
  return found.slice(1, -1).replaceAll(quote + quote, quote);
}
