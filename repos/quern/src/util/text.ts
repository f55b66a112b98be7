/** Adds blanks on the right up to `width`. */
export function padRight(text: string, width: number): string {
  return text.padEnd(width, ' ');
}

/** Adds blanks on the left up to `width`. */
export function padLeft(text: string, width: number): string {
  return text.padStart(width, ' ');
}

/** Adds blanks on both sides up to `width`; the odd one goes to the right. */
export function padBoth(text: string, width: number): string {
  const missing = Math.max(0, width - text.length);
  return padRight(' '.repeat(Math.floor(missing / 2)) + text, width);
}

/** Joins words as in prose: `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], link = 'and'): string {
  const last = words.at(-1);
  if (last === undefined) return '';
  const rest = words.slice(0, -1).join(', ');
  return rest === '' ? last : `${rest} ${link} ${last}`;
}
