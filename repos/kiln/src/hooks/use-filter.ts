import { useMemo, useState } from 'react';
import type { Piece, Stage } from '@model/piece';

export interface Filter {
  readonly owner?: string;
  readonly stage?: Stage;
  /** A part of the name, capital letters or not. */
  readonly text: string;
}

export interface FilterValue {
  readonly filter: Filter;
  readonly found: readonly Piece[];
  readonly setFilter: (filter: Filter) => void;
  readonly clear: () => void;
}

const NOTHING: Filter = { text: '' };

/** Pieces that a filter lets through, and the filter. */
export function useFilter(pieces: readonly Piece[]): FilterValue {
  const [filter, setFilter] = useState(NOTHING);
  const found = useMemo(() => pieces.filter(piece => passes(piece, filter)), [pieces, filter]);
  const clear = (): void => {
    setFilter(NOTHING);
  };
  return { filter, found, setFilter, clear };
}

function passes(piece: Piece, { owner, stage, text }: Filter): boolean {
  return (
    (owner === undefined || piece.owner === owner) &&
    (stage === undefined || piece.stage === stage) &&
    piece.name.toLowerCase().includes(text.trim().toLowerCase())
  );
}
