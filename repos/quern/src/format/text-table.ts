import type { Table } from '@core/table';
import { aligned, alignmentOf, widthOf } from '@format/align';
import { type CellOptions, formatCell } from '@format/cell';

/** Columns side by side, two blanks between them, under their names and a rule. */
export function textTable(table: Table, options: CellOptions = {}): string {
  const columns = table.schema.columns.map(({ name, kind }) => {
    const cells = table.values(name).map(value => formatCell(value, options));
    const width = widthOf([name, ...cells]);
    const alignment = alignmentOf(kind);
    return [
      aligned(name, width, alignment),
      '-'.repeat(width),
      ...cells.map(cell => aligned(cell, width, alignment)),
    ];
  });
  const height = columns.length === 0 ? 0 : table.size + 2;
  const lines = Array.from({ length: height }, (_, line) =>
    columns
      .map(column => column[line] ?? '')
      .join('  ')
      .trimEnd(),
  );
  return lines.map(line => `${line}\n`).join('');
}
