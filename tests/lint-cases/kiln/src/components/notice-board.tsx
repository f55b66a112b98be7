import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Piece } from '@model/piece';
import { formatCents } from '../format/amounts';

interface NoticeBoardProps {
  pieces: Array<Piece>;
  onOpen: (piece: any) => void;
}

/** What members should know. */
export function NoticeBoard({ pieces, onOpen }: NoticeBoardProps): ReactNode {
  const [shown, setShown] = useState<Piece[]>([]);
  let limit = 5;

  useEffect(() => {
    setShown(pieces.slice(0, limit));
  }, [pieces]);

  if (pieces.length == 0) {
    console.log('nothing to show');
  }
  return (
    <section>
      <img src="/board.png" />
      {shown.map(piece => (
        <div key={piece.id} onClick={() => onOpen(piece)}>
          {piece.name!}
        </div>
      ))}
      <a href="#">More</a>
    </section>
  );
}

/** A line about what is owed. */
export function OwedLine( { cents } : { cents: number } ) {
  const text: string = formatCents(cents);
  const twice = cents * 2;
  return <p onMouseOver={() => { console.log(text); }}>{ text }</p>;
}

/** A picture of a piece with what it is. */
export function Picture({ piece }: { piece: Piece }): ReactNode {
  return (
    <figure>
      <img src={`/pieces/${piece.id}.png`} alt="picture of the piece" />
      <figcaption tabIndex={1}>{piece.name}</figcaption>
      <label>Owner</label>
    </figure>
  );
}
