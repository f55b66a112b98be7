import type { Firing } from '@model/firing';
import { type Piece, afterFiring } from '@model/piece';
import type { Action } from '@state/actions';
import type { Studio } from '@state/studio';

/** The studio after something happened. What makes no sense changes nothing. */
export function reduce(studio: Studio, action: Action): Studio {
  switch (action.type) {
    case 'add-piece':
      return { ...studio, pieces: [...studio.pieces, action.piece] };
    case 'glaze-piece':
      return withPiece(studio, action.piece, piece =>
        piece.stage === 'bisque' ? { ...piece, stage: 'glazed', glaze: action.glaze } : piece,
      );
    case 'remove-piece':
      return {
        ...studio,
        pieces: studio.pieces.filter(({ id }) => id !== action.piece),
        firings: studio.firings.map(firing => without(firing, action.piece)),
      };
    case 'plan-firing': {
      const { id, kiln, kind, cone, start, hold } = action;
      const firing: Firing = { id, kiln, kind, cone, start, hold, pieces: [], done: false };
      return { ...studio, firings: [...studio.firings, firing] };
    }
    case 'load-piece':
      return withFiring(studio, action.firing, firing =>
        firing.done || firing.pieces.includes(action.piece)
          ? firing
          : { ...firing, pieces: [...firing.pieces, action.piece] },
      );
    case 'unload-piece':
      return withFiring(studio, action.firing, firing =>
        firing.done ? firing : without(firing, action.piece),
      );
    case 'finish-firing':
      return finished(studio, action.firing);
  }
}

function finished(studio: Studio, id: string): Studio {
  const firing = studio.firings.find(candidate => candidate.id === id);
  if (firing === undefined || firing.done) return studio;
  return {
    ...studio,
    pieces: studio.pieces.map(piece =>
      firing.pieces.includes(piece.id) ? { ...piece, stage: afterFiring(piece.stage) } : piece,
    ),
    firings: studio.firings.map(other => (other.id === id ? { ...other, done: true } : other)),
  };
}

function withPiece(studio: Studio, id: string, change: (piece: Piece) => Piece): Studio {
  return {
    ...studio,
    pieces: studio.pieces.map(piece => (piece.id === id ? change(piece) : piece)),
  };
}

function withFiring(studio: Studio, id: string, change: (firing: Firing) => Firing): Studio {
  return {
    ...studio,
    firings: studio.firings.map(firing => (firing.id === id ? change(firing) : firing)),
  };
}

function without(firing: Firing, piece: string): Firing {
  return { ...firing, pieces: firing.pieces.filter(id => id !== piece) };
}
