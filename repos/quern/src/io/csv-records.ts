import { QuernError } from '@core/errors';

/** A field, and whether it stood in quotes. */
export interface Field {
  readonly text: string;
  readonly quoted: boolean;
}

/** Cuts CSV into records of fields; empty lines are left out. */
export function csvRecords(text: string, separator = ','): Field[][] {
  const records: Field[][] = [];
  let fields: Field[] = [];
  let position = 0;
  while (position < text.length) {
    const { field, end } = fieldAt(text, position, separator);
    fields.push(field);
    position = end;
    if (text[position] === separator) {
      position += 1;
      if (position < text.length) continue;
      fields.push({ text: '', quoted: false });
    }
    if (!isEmptyLine(fields)) records.push(fields);
    fields = [];
    position += text.startsWith('\r\n', position) ? 2 : 1;
  }
  return records;
}

function fieldAt(text: string, start: number, separator: string): { field: Field; end: number } {
  if (text[start] !== '"') {
    let end = start;
    while (end < text.length && !isEnd(text, end, separator)) end += 1;
    return { field: { text: text.slice(start, end), quoted: false }, end };
  }
  let content = '';
  let position = start + 1;
  for (;;) {
    const quote = text.indexOf('"', position);
    if (quote === -1) throw new QuernError('bad-csv', 'a quote is never closed', start);
    content += text.slice(position, quote);
    position = quote + 1;
    if (text[position] !== '"') break;
    content += '"';
    position += 1;
  }
  if (position < text.length && !isEnd(text, position, separator)) {
    throw new QuernError('bad-csv', 'text after a closing quote', position);
  }
  return { field: { text: content, quoted: true }, end: position };
}

function isEnd(text: string, position: number, separator: string): boolean {
  const char = text[position];
  return char === separator || char === '\n' || text.startsWith('\r\n', position);
}

function isEmptyLine(fields: readonly Field[]): boolean {
  return fields.length === 1 && fields.every(({ text, quoted }) => text === '' && !quoted);
}
