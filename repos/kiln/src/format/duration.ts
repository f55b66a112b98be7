/** Minutes as `9 h 05`, `45 min`; parts of a minute are rounded. */
export function formatDuration(minutes: number): string {
  const whole = Math.round(minutes);
  const hours = Math.floor(whole / 60);
  if (hours === 0) return `${String(whole)} min`;
  return `${String(hours)} h ${String(whole % 60).padStart(2, '0')}`;
}
