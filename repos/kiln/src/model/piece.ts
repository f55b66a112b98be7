/** How far a piece has come. */
export type Stage = 'greenware' | 'bisque' | 'glazed' | 'done';

export const stages: readonly Stage[] = ['greenware', 'bisque', 'glazed', 'done'];

export interface Size {
  readonly width: number;
  readonly depth: number;
  readonly height: number;
}

export interface Piece {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly clay: string;
  readonly glaze?: string;
  readonly stage: Stage;
  readonly size: Size;
}

/** The room that a piece takes, in litres. */
export function litres({ width, depth, height }: Size): number {
  return (width * depth * height) / 1_000_000;
}

/** The stage after a firing; what is not fired in this stage stays. */
export function afterFiring(stage: Stage): Stage {
  switch (stage) {
    case 'greenware':
      return 'bisque';
    case 'glazed':
      return 'done';
    case 'bisque':
    case 'done':
      return stage;
  }
}
