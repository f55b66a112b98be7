import type { Table } from '@core/table';
import { type Alignment, alignmentOf } from '@format/align';
import { type CellOptions, formatCell } from '@format/cell';

const RULES: Record<Alignment, string> = { left: '---', right: '---:', center: ':-:' };

/** A table in Markdown; the reader's program makes the columns wide enough. */
export function markdownTable(table: Table, options: CellOptions = {}): string {
  const { columns } = table.schema;
  const lines = [
    columns.map(({ name }) => escaped(name)),
    columns.map(({ kind }) => RULES[alignmentOf(kind)]),
    ...table.rows.map(row => row.map(value => escaped(formatCell(value, options)))),
  ];
  return lines.map(cells => `| ${cells.join(' | ')} |\n`).join('');
}

function escaped(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}
