const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Minutes since the epoch as `Tue 14 May, 18:05`, in UTC. */
export function formatMoment(minutes: number): string {
  const date = new Date(minutes * 60_000);
  const day = DAYS[date.getUTCDay()] ?? '';
  const month = date.toLocaleString('en', { month: 'short', timeZone: 'UTC' });
  return `${day} ${String(date.getUTCDate())} ${month}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** The other way round, for `<input type="datetime-local">`; none if the text is no moment. */
export function parseMoment(text: string): number | undefined {
  const milliseconds = Date.parse(`${text}Z`);
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 60_000);
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
