import type { Cone } from '@model/cone';

export interface Glaze {
  readonly id: string;
  readonly name: string;
  /** The coolest and the hottest cone that it comes out well at. */
  readonly from: Cone;
  readonly to: Cone;
  /** Runs down the pot, so that it needs a stand of its own below it. */
  readonly runny: boolean;
}

export const glazes: readonly Glaze[] = [
  { id: 'honey', name: 'Honey', from: '06', to: '04', runny: false },
  { id: 'tenmoku', name: 'Tenmoku', from: '6', to: '10', runny: true },
  { id: 'celadon', name: 'Celadon', from: '8', to: '10', runny: false },
  { id: 'snow', name: 'Snow white', from: '5', to: '8', runny: false },
];

export function glazeById(id: string): Glaze | undefined {
  return glazes.find(glaze => glaze.id === id);
}
