import { type Column, column } from '@core/column';
import { keyOf } from '@core/compare';
import { QuernError } from '@core/errors';
import { Schema } from '@core/schema';
import { type Row, Table } from '@core/table';
import type { Value } from '@core/value';
import type { JoinType, Keys } from '@query/step';
import { groupInto } from '@util/iterate';

/**
 * Puts rows side by side that agree in their keys. Key columns of the right side are left out; its
 * other columns get `right_` before their names where the left side has the same.
 *
 * A left join keeps rows without partner, with `null` in place of the columns of the right side.
 */
export function join(left: Table, right: Table, on: Keys, how: JoinType): Table {
  checkKinds(left.schema, right.schema, on);
  const leftKey = cellsAt(left.schema, on.left);
  const rightKey = cellsAt(right.schema, on.right);
  const kept = right.schema.names.filter(name => !on.right.includes(name));
  const rightCells = cellsAt(right.schema, kept);

  const partners = groupInto(right.rows, row => keyOf(rightKey(row)));
  const missing: Row = kept.map(() => null);
  const rows: Row[] = [];
  for (const row of left.rows) {
    const found = partners.get(keyOf(leftKey(row))) ?? [];
    for (const partner of found) rows.push([...row, ...rightCells(partner)]);
    if (found.length === 0 && how === 'left') rows.push([...row, ...missing]);
  }
  const added = kept.map(name => joinedColumn(right.schema.column(name), left.schema, how));
  return Table.trusted(new Schema([...left.schema.columns, ...added]), rows);
}

function joinedColumn({ name, kind, nullable }: Column, left: Schema, how: JoinType): Column {
  const free = left.has(name) ? `right_${name}` : name;
  return column(free, kind, { nullable: nullable || how === 'left' });
}

function cellsAt(schema: Schema, names: readonly string[]): (row: Row) => Value[] {
  const places = names.map(name => schema.placeOf(name));
  return row => places.map(place => row[place] ?? null);
}

function checkKinds(left: Schema, right: Schema, on: Keys): void {
  for (const [index, name] of on.left.entries()) {
    const other = right.column(on.right[index] ?? '');
    const { kind } = left.column(name);
    if (kind !== other.kind) {
      throw new QuernError(
        'wrong-kind',
        `\`${name}\` holds ${kind}, but \`${other.name}\` holds ${other.kind}`,
      );
    }
  }
}
