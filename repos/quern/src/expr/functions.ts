import { QuernError } from '@core/errors';
import { type Kind, type Value, kindOf } from '@core/value';

/** A function of expressions. Only `coalesce` gets to see `null`; others are `null` then. */
export interface Definition {
  /** Kinds of the arguments; a function of any number of any kind says `any`. */
  readonly takes: readonly Kind[] | 'any';
  /** The kind of the result; none if it is that of the arguments. */
  readonly gives: Kind | undefined;
  readonly call: (args: readonly Value[]) => Value;
}

const FUNCTIONS: Readonly<Record<string, Definition>> = {
  abs: { takes: ['number'], gives: 'number', call: ([x]) => Math.abs(Number(x)) },
  round: { takes: ['number'], gives: 'number', call: ([x]) => Math.round(Number(x)) },
  lower: { takes: ['text'], gives: 'text', call: ([x]) => String(x).toLowerCase() },
  upper: { takes: ['text'], gives: 'text', call: ([x]) => String(x).toUpperCase() },
  trim: { takes: ['text'], gives: 'text', call: ([x]) => String(x).trim() },
  length: { takes: ['text'], gives: 'number', call: ([x]) => String(x).length },
  contains: {
    takes: ['text', 'text'],
    gives: 'boolean',
    call: ([text, part]) => String(text).includes(String(part)),
  },
  coalesce: { takes: 'any', gives: undefined, call: args => args.find(x => x !== null) ?? null },
};

/** Looks a function up by its name in lower case. */
export function functionNamed(name: string): Definition {
  const definition = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (definition === undefined) {
    throw new QuernError('unknown-function', `no function \`${name}\``);
  }
  return definition;
}

/** Calls it with arguments that were evaluated before. */
export function callFunction(name: string, args: readonly Value[]): Value {
  const { takes, call } = functionNamed(name);
  if (takes === 'any') return call(args);
  if (args.includes(null)) return null;
  for (const [index, kind] of takes.entries()) {
    const value = args[index] ?? null;
    if (kindOf(value) !== kind) {
      throw new QuernError('wrong-kind', `\`${name}\` takes ${kind}, not \`${String(value)}\``);
    }
  }
  return call(args);
}
