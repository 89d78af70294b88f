/** First and last year that the world knows, both included. A year is one token. */
export const firstYear = 1850;
export const lastYear = 1919;

/** People are born from `firstYear` up to this year, included. */
export const lastBirthYear = 1899;

/** Least age in years at which somebody becomes a mother, a teacher or an author. */
export const adultAge = 16;

/** All years as text. */
export const years: readonly string[] = Array.from({ length: lastYear - firstYear + 1 }, (_, index) =>
  String(firstYear + index),
);
