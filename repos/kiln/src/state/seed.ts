import type { Studio } from '@state/studio';

/** What a new studio starts with. */
export const seed: Studio = {
  members: [
    { id: 'ida', name: 'Ida Kron', discount: 0 },
    { id: 'jon', name: 'Jon Abel Marsh', discount: 0 },
    { id: 'studio', name: 'Studio', discount: 50 },
  ],
  kilns: [
    {
      id: 'big',
      name: 'Big Bertha',
      chamber: { width: 560, depth: 560, height: 680 },
      limit: '10',
      kilowatts: 11,
      coolingRate: 75,
    },
    {
      id: 'test',
      name: 'Test kiln',
      chamber: { width: 250, depth: 250, height: 300 },
      limit: '8',
      kilowatts: 3,
      coolingRate: 160,
    },
  ],
  pieces: [],
  firings: [],
};
