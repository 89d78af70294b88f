/** A share as a percentage; a dash where there is none. */
export const percent = (value: number | null | undefined): string =>
  value === null || value === undefined || Number.isNaN(value) ? '\u2013' : `${(100 * value).toFixed(1)}%`;

/** An advantage or a reward with its sign. */
export function signed(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const digits = size >= 10 ? 1 : size >= 0.01 ? 2 : 4;
  return `${value > 0 ? '+' : '\u2212'}${size.toFixed(digits)}`;
}

export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '\u2013';
  if (seconds < 1) return `${Math.round(1000 * seconds)} ms`;
  if (seconds < 90) return `${seconds.toFixed(1)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** How long ago, in words. */
export const ago = (milliseconds: number): string =>
  milliseconds === 0 ? '\u2013' : `${duration(Math.max(0, (Date.now() - milliseconds) / 1000))} ago`;
