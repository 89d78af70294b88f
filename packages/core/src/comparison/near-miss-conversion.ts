import type { GroupVisit } from './group-visits.js';
import type { HeldOutMeasurement } from './finished-run.js';

/** How many of some questions were solved later. */
export interface Conversion {
  /** Questions in this state early. */
  readonly early: number;
  /** Of them, solved later. */
  readonly solved: number;
}

/** What became of questions by how they were missed early. */
export interface NearMissConversion {
  /** Early: wrong, and a gold answer was retrieved. */
  readonly nearMissed: Conversion;
  /** Early: wrong, and none was: what conversion of near-misses is to be compared with. */
  readonly missed: Conversion;
}

/**
 * Conversion on held-out questions, each of which is asked at every measurement. Early is the measurement before the
 * first step, later the last one. With several trajectories a question: missed when none was right, near-missed when
 * moreover one of them retrieved gold, solved when at least half are right.
 */
export function heldOutConversion(measurements: readonly HeldOutMeasurement[]): NearMissConversion {
  const [first, last] = [measurements[0], measurements.at(-1)];
  const later = new Map(last?.scores.map(({ question, exactMatch }) => [question, exactMatch >= 0.5]));
  const wrong = first?.scores.filter(({ exactMatch }) => exactMatch === 0) ?? [];
  const conversion = (questions: typeof wrong): Conversion => ({
    early: questions.length,
    solved: questions.filter(({ question }) => later.get(question) === true).length,
  });
  return {
    nearMissed: conversion(wrong.filter(({ goldRetrieved }) => goldRetrieved > 0)),
    missed: conversion(wrong.filter(({ goldRetrieved }) => goldRetrieved === 0)),
  };
}

/**
 * Conversion on training questions that were asked at least twice. Early is the first group, later the last one: an
 * all-wrong group is near-missed when one of its trajectories had seen gold, and solved when the last group has a right
 * trajectory. Few questions recur in a short run: the counts say how many.
 */
export function trainingConversion(visits: readonly GroupVisit[]): NearMissConversion {
  const byQuestion = new Map<string, { first: GroupVisit; last: GroupVisit }>();
  for (const visit of visits) {
    const known = byQuestion.get(visit.question);
    if (known === undefined) byQuestion.set(visit.question, { first: visit, last: visit });
    else known.last = visit;
  }
  const wrong = [...byQuestion.values()].filter(
    ({ first, last }) => last.step > first.step && first.composition === 'all-wrong',
  );
  const conversion = (questions: typeof wrong): Conversion => ({
    early: questions.length,
    solved: questions.filter(({ last }) => last.composition !== 'all-wrong').length,
  });
  return {
    nearMissed: conversion(wrong.filter(({ first }) => first.nearMissed)),
    missed: conversion(wrong.filter(({ first }) => !first.nearMissed)),
  };
}

/** Adds conversions of several runs. */
export function sumConversions(conversions: readonly NearMissConversion[]): NearMissConversion {
  const sum = (key: keyof NearMissConversion): Conversion => ({
    early: conversions.reduce((total, conversion) => total + conversion[key].early, 0),
    solved: conversions.reduce((total, conversion) => total + conversion[key].solved, 0),
  });
  return { nearMissed: sum('nearMissed'), missed: sum('missed') };
}
