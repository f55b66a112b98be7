import { CLEARANCE, type Kiln, SHELF_THICKNESS } from '@model/kiln';
import type { Piece } from '@model/piece';

/** A shelf, from the bottom: as high as its tallest piece. */
export interface Shelf {
  readonly pieces: readonly Piece[];
  readonly height: number;
  /** How much of its area is taken, 0 to 1. */
  readonly filled: number;
}

export interface Load {
  readonly shelves: readonly Shelf[];
  /** Pieces that found no place. */
  readonly left: readonly Piece[];
}

/** Gaps between pieces cost room: no shelf can be filled to more than this share. */
const PACKING = 0.8;

/** Puts pieces on shelves, tallest first, so that each shelf holds pieces of like height. */
export function loadKiln(kiln: Kiln, pieces: readonly Piece[]): Load {
  const { width, depth, height } = kiln.chamber;
  const room = width * depth * PACKING;
  const shelves: Piece[][] = [];
  const left: Piece[] = [];
  for (const piece of [...pieces].sort((a, b) => b.size.height - a.size.height)) {
    const shelf = shelves.find(placed => area(placed) + area([piece]) <= room);
    if (area([piece]) > room || tooWide(piece, kiln)) {
      left.push(piece);
    } else if (shelf !== undefined) {
      shelf.push(piece);
    } else if (stackHeight(shelves) + shelfHeight([piece]) <= height) {
      shelves.push([piece]);
    } else {
      left.push(piece);
    }
  }
  return {
    shelves: shelves.map(placed => ({
      pieces: placed,
      height: shelfHeight(placed),
      filled: area(placed) / room,
    })),
    left,
  };
}

function tooWide({ size }: Piece, { chamber }: Kiln): boolean {
  const [long, short] = [Math.max(size.width, size.depth), Math.min(size.width, size.depth)];
  return (
    long > Math.max(chamber.width, chamber.depth) || short > Math.min(chamber.width, chamber.depth)
  );
}

function area(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { size }) => sum + size.width * size.depth, 0);
}

function shelfHeight(pieces: readonly Piece[]): number {
  return Math.max(0, ...pieces.map(({ size }) => size.height)) + CLEARANCE + SHELF_THICKNESS;
}

function stackHeight(shelves: readonly (readonly Piece[])[]): number {
  return shelves.reduce((sum, placed) => sum + shelfHeight(placed), 0);
}
