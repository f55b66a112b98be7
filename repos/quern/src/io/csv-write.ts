import type { Table } from '@core/table';
import type { Value } from '@core/value';

export interface CsvWriteOptions {
  readonly separator?: string;
}

/** Writes CSV that `readCsv` reads as the same table: texts that look like others stand in quotes. */
export function writeCsv(table: Table, { separator = ',' }: CsvWriteOptions = {}): string {
  const lines = [
    table.schema.names.map(name => quotedIfNeeded(name, separator)),
    ...table.rows.map(row => row.map(value => writtenCell(value, separator))),
  ];
  return lines.map(fields => `${fields.join(separator)}\n`).join('');
}

function writtenCell(value: Value, separator: string): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const mistakable = value === '' || /^(?:true|false|[+-]?\d+(?:\.\d+)?)$/i.test(value);
  return mistakable ? `"${value}"` : quotedIfNeeded(value, separator);
}

function quotedIfNeeded(text: string, separator: string): string {
  return text.includes(separator) || /["\r\n]/.test(text)
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
