import { type Column, column } from '@core/column';
import { QuernError } from '@core/errors';
import { Table } from '@core/table';
import { type Value, isValue, kindOf } from '@core/value';
import { unique } from '@util/iterate';

/** Writes an array of objects, one for each row. */
export function writeJson(table: Table, indent = 0): string {
  return JSON.stringify(table.records(), undefined, indent);
}

/** Reads an array of objects; keys that are not there are `null`. */
export function readJson(text: string): Table {
  const records = recordsOf(JSON.parse(text));
  const names = unique(records.flatMap(record => Object.keys(record)));
  const rows = records.map(record => names.map(name => cellOf(record, name)));
  const columns = names.map((name, place) =>
    columnOf(
      name,
      rows.map(row => row[place] ?? null),
    ),
  );
  return Table.of(columns, rows);
}

function recordsOf(json: unknown): Record<string, unknown>[] {
  if (!Array.isArray(json)) throw new QuernError('bad-json', 'expected an array of objects');
  return json.map((item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw new QuernError('bad-json', 'expected an array of objects');
    }
    return { ...item };
  });
}

function cellOf(record: Record<string, unknown>, name: string): Value {
  const value = Object.hasOwn(record, name) ? record[name] : null;
  if (!isValue(value)) throw new QuernError('bad-json', `\`${name}\` holds no plain value`);
  return value;
}

function columnOf(name: string, values: readonly Value[]): Column {
  const kind = values.map(value => kindOf(value)).find(found => found !== undefined);
  return column(name, kind ?? 'text', { nullable: values.includes(null) });
}
