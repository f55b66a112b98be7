/** What went wrong, for programs. */
export type ErrorCode =
  | 'unknown-column'
  | 'repeated-column'
  | 'wrong-kind'
  | 'wrong-width'
  | 'syntax'
  | 'unknown-function'
  | 'bad-csv'
  | 'bad-json';

/** The one error that this package throws. */
export class QuernError extends Error {
  override readonly name = 'QuernError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Where in the text that was read, counted from 0. */
    readonly position?: number,
  ) {
    super(message);
  }
}
