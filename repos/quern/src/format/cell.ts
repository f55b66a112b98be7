import type { Value } from '@core/value';

export interface CellOptions {
  /** What stands in place of `null`. */
  readonly missing?: string;
  /** Digits behind the decimal point of numbers; as many as there are if not said. */
  readonly digits?: number;
}

/** A value for people. */
export function formatCell(value: Value, { missing = '', digits }: CellOptions = {}): string {
  switch (typeof value) {
    case 'number':
      return digits === undefined ? String(value) : value.toFixed(digits);
    case 'boolean':
      return value ? 'yes' : 'no';
    case 'string':
      return value.replaceAll(/\s+/g, ' ');
    default:
      return missing;
  }
}
