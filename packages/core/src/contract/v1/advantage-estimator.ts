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

/** Turns rewards into advantages, the whole batch at once so that batch-whitening estimators fit. */
export interface AdvantageEstimator {
  estimate(groups: readonly ShapedGroup[]): readonly GroupAdvantages[];
}
