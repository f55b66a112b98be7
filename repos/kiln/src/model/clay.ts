import type { Cone } from '@model/cone';

export interface Clay {
  readonly id: string;
  readonly name: string;
  /** What it is fired to before glazing. */
  readonly bisque: Cone;
  /** Above this it slumps. */
  readonly limit: Cone;
  /** How much it shrinks from wet to done, as a share of each length. */
  readonly shrinkage: number;
}

export const clays: readonly Clay[] = [
  { id: 'terracotta', name: 'Terracotta', bisque: '06', limit: '04', shrinkage: 0.06 },
  { id: 'buff', name: 'Buff stoneware', bisque: '05', limit: '8', shrinkage: 0.11 },
  { id: 'porcelain', name: 'Porcelain', bisque: '04', limit: '10', shrinkage: 0.14 },
];

export function clayById(id: string): Clay | undefined {
  return clays.find(clay => clay.id === id);
}
