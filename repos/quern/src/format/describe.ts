import type { Column } from '@core/column';
import type { Schema } from '@core/schema';

/** A schema in one line for each column: `count: number, may be missing`. */
export function describe(schema: Schema): string {
  return schema.columns.map(column => `${describeColumn(column)}\n`).join('');
}

function describeColumn({ name, kind, nullable }: Column): string {
  return `${name}: ${kind}${nullable ? ', may be missing' : ''}`;
}
