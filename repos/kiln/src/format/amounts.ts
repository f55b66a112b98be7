/** Cents as `12.05 €`. */
export function formatCents(cents: number): string {
  return `${(cents / 100).toFixed(2)} €`;
}

/** Litres as `4.2 l`. */
export function formatLitres(litres: number): string {
  return `${litres.toFixed(1)} l`;
}

/** Shares as whole hundredths: `85 %`. */
export function formatShare(share: number): string {
  return `${String(Math.round(share * 100))} %`;
}

/** A size as `120 × 120 × 95 mm`. */
export function formatSize(size: { width: number; depth: number; height: number }): string {
  return `${String(size.width)} × ${String(size.depth)} × ${String(size.height)} mm`;
}
