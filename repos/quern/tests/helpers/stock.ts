import { type Table, readCsv } from 'quern';

/** A small store room. */
export const stock: Table = readCsv(
  [
    'item,shelf,count,price,sold',
    'screws,A,120,0.05,false',
    'nails,A,80,0.02,false',
    'hinges,B,14,2.5,true',
    'handles,B,,4,false',
    'paint,C,6,12.25,true',
    '',
  ].join('\n'),
);

export const shelves: Table = readCsv('shelf,room,keeper\nA,cellar,Ida\nB,attic,\nD,yard,Jon\n');
