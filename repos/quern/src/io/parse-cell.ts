import type { Kind, Value } from '@core/value';
import type { Field } from '@io/csv-records';
import { isMissing } from '@io/infer';

/** Reads a field of which it is known what it holds. */
export function parseCell(field: Field, kind: Kind): Value {
  if (isMissing(field)) return null;
  switch (kind) {
    case 'boolean':
      return field.text.toLowerCase() === 'true';
    case 'number':
      return Number(field.text);
    case 'text':
      return field.text;
  }
}
