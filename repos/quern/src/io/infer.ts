import { type Column, column } from '@core/column';
import type { Kind } from '@core/value';
import type { Field } from '@io/csv-records';

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
const BOOLEAN = /^(?:true|false)$/i;

/** An empty field without quotes is no value. */
export function isMissing({ text, quoted }: Field): boolean {
  return text === '' && !quoted;
}

/** Finds out what a column holds: the narrowest kind that all fields can be read as. */
export function inferColumn(name: string, fields: readonly Field[]): Column {
  const present = fields.filter(field => !isMissing(field));
  const nullable = present.length < fields.length;
  return column(name, inferKind(present), { nullable });
}

function inferKind(present: readonly Field[]): Kind {
  const all = (pattern: RegExp): boolean =>
    present.every(({ text, quoted }) => !quoted && pattern.test(text));
  if (present.length === 0) return 'text';
  if (all(BOOLEAN)) return 'boolean';
  return all(NUMBER) ? 'number' : 'text';
}
