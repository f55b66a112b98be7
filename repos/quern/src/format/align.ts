import type { Kind } from '@core/value';
import { padBoth, padLeft, padRight } from '@util/text';

export type Alignment = 'left' | 'right' | 'center';

const ALIGNMENTS: Record<Kind, Alignment> = { text: 'left', number: 'right', boolean: 'center' };

/** Where the cells of a column stand. */
export function alignmentOf(kind: Kind): Alignment {
  return ALIGNMENTS[kind];
}

/** Brings a text to a width. */
export function aligned(text: string, width: number, alignment: Alignment): string {
  switch (alignment) {
    case 'left':
      return padRight(text, width);
    case 'right':
      return padLeft(text, width);
    case 'center':
      return padBoth(text, width);
  }
}

/** The width that all texts of a column fit in. */
export function widthOf(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(text => text.length));
}
