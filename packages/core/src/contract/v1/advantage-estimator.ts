import type { ShapedGroup } from './reward-shaper.js';

/** Whether nobody, some or everybody in the group is right. Abstaining members do not count. */
export type Composition = 'all-wrong' | 'mixed' | 'all-correct';

/** At which level the advantages of a group were computed; `none` when nothing is learned from it. */
export type AdvantageLevel = 'turn' | 'trajectory' | 'none';

/** The advantages of one group. */
export interface GroupAdvantages {
  readonly composition: Composition;
  readonly level: AdvantageLevel;
  /** `[trajectory][turn]`; the core copies each number to the tokens the policy produced in that turn. */
  readonly turns: readonly (readonly number[])[];
}

/** In words, how the advantages of one group came about. */
export interface AdvantageExplanation {
  /** The rule that applied to the group, and why: what was compared with what, and what was left out. */
  readonly rule: string;
  /** `[trajectory][turn]`: the arithmetic behind each number; `null` where the rule says it all. */
  readonly turns: readonly (readonly (string | null)[])[];
}

/** Turns rewards into advantages, the whole batch at once so that batch-whitening estimators fit. */
export interface AdvantageEstimator {
  estimate(groups: readonly ShapedGroup[]): readonly GroupAdvantages[];
  /** Says why {@link estimate} answers as it does. Optional, and never called in training. */
  explain?(groups: readonly ShapedGroup[]): readonly AdvantageExplanation[];
}
