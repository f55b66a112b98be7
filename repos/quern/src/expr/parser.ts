import { QuernError } from '@core/errors';
import { type BinaryOperator, type Expr, PRECEDENCE, UNARY_PRECEDENCE } from '@expr/ast';
import { type Token, tokenize } from '@expr/lexer';

/** Reads an expression such as `count > 3 and not sold`. */
export function parseExpr(text: string): Expr {
  const parser = new Parser(tokenize(text));
  const expr = parser.binary(0);
  parser.finish();
  return expr;
}

class Parser {
  #next = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  /** An expression whose operators hold more than `above`. */
  binary(above: number): Expr {
    let left = this.unary();
    for (;;) {
      const operator = this.operator();
      if (operator === undefined || PRECEDENCE[operator] <= above) return left;
      this.#next += 1;
      left = { type: 'binary', operator, left, right: this.binary(PRECEDENCE[operator]) };
    }
  }

  finish(): void {
    if (this.peek().type !== 'end') this.fail('the end');
  }

  private unary(): Expr {
    if (this.take('word', 'not')) {
      return { type: 'unary', operator: 'not', operand: this.binary(UNARY_PRECEDENCE.not) };
    }
    if (this.take('symbol', '-')) {
      return { type: 'unary', operator: '-', operand: this.binary(UNARY_PRECEDENCE['-']) };
    }
    return this.primary();
  }

  private primary(): Expr {
    const token = this.peek();
    this.#next += 1;
    switch (token.type) {
      case 'number':
        return { type: 'literal', value: Number(token.text) };
      case 'text':
        return { type: 'literal', value: token.text };
      case 'name':
        return this.take('symbol', '(')
          ? { type: 'call', name: token.text.toLowerCase(), args: this.args() }
          : { type: 'column', name: token.text };
      case 'word':
        if (token.text === 'null') return { type: 'literal', value: null };
        if (token.text === 'true' || token.text === 'false') {
          return { type: 'literal', value: token.text === 'true' };
        }
        break;
      case 'symbol':
        if (token.text === '(') {
          const inner = this.binary(0);
          this.expect(')');
          return inner;
        }
        break;
      case 'end':
        break;
    }
    this.#next -= 1;
    return this.fail('a value');
  }

  /** What stands between the parentheses of a call; the opening one is already taken. */
  private args(): Expr[] {
    if (this.take('symbol', ')')) return [];
    const args = [this.binary(0)];
    while (this.take('symbol', ',')) args.push(this.binary(0));
    this.expect(')');
    return args;
  }

  private operator(): BinaryOperator | undefined {
    const { type, text } = this.peek();
    return (type === 'symbol' || type === 'word') && text in PRECEDENCE
      ? (text as BinaryOperator)
      : undefined;
  }

  private peek(): Token {
    return this.tokens[this.#next] ?? { type: 'end', text: '', position: 0 };
  }

  private take(type: Token['type'], text: string): boolean {
    const token = this.peek();
    const taken = token.type === type && token.text === text;
    if (taken) this.#next += 1;
    return taken;
  }

  private expect(symbol: string): void {
    if (!this.take('symbol', symbol)) this.fail(`\`${symbol}\``);
  }

  private fail(wanted: string): never {
    const { type, text, position } = this.peek();
    const found = type === 'end' ? 'the end' : `\`${text}\``;
    throw new QuernError('syntax', `expected ${wanted}, found ${found}`, position);
  }
}
