import { QuernError } from '@core/errors';
import { Schema } from '@core/schema';
import { Table } from '@core/table';
import { csvRecords } from '@io/csv-records';
import { inferColumn } from '@io/infer';
import { parseCell } from '@io/parse-cell';

export interface CsvReadOptions {
  readonly separator?: string;
}

/** Reads CSV; the first record names the columns. */
export function readCsv(text: string, { separator = ',' }: CsvReadOptions = {}): Table {
  const [header, ...records] = csvRecords(text, separator);
  if (header === undefined) throw new QuernError('bad-csv', 'there is no header');
  for (const [index, record] of records.entries()) {
    if (record.length !== header.length) {
      throw new QuernError(
        'bad-csv',
        `record ${String(index + 1)} has ${String(record.length)} fields in place of ${String(header.length)}`,
      );
    }
  }
  const columns = header.map(({ text: name }, place) =>
    inferColumn(
      name.trim(),
      records.flatMap(record => record.slice(place, place + 1)),
    ),
  );
  return Table.trusted(
    new Schema(columns),
    records.map(record =>
      record.map((field, place) => parseCell(field, columns[place]?.kind ?? 'text')),
    ),
  );
}
