import type { Column } from '@core/column';
import { QuernError } from '@core/errors';
import { firstRepeated } from '@util/iterate';
import { listed } from '@util/text';

/** The columns of a table, in order, each name once. */
export class Schema {
  readonly #places = new Map<string, number>();

  constructor(readonly columns: readonly Column[]) {
    const repeated = firstRepeated(columns.map(({ name }) => name));
    if (repeated !== undefined) {
      throw new QuernError('repeated-column', `there are two columns \`${repeated}\``);
    }
    for (const [place, { name }] of columns.entries()) {
      this.#places.set(name, place);
    }
  }

  get names(): string[] {
    return this.columns.map(({ name }) => name);
  }

  get width(): number {
    return this.columns.length;
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }

  /** The place of a column, counted from 0. */
  placeOf(name: string): number {
    const place = this.#places.get(name);
    if (place === undefined) {
      const known = this.width === 0 ? 'there are none' : `there are ${listed(this.names)}`;
      throw new QuernError('unknown-column', `no column \`${name}\`, ${known}`);
    }
    return place;
  }

  column(name: string): Column {
    const column = this.columns[this.placeOf(name)];
    if (column === undefined) throw new QuernError('unknown-column', `no column \`${name}\``);
    return column;
  }
}
