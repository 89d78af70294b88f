import type { PluginDefinition, TrajectoryGroup } from '@turnwise/core';
import { sampleGroups } from '../generators/trajectories.js';
import { runSuite } from '../plugin/common-rules.js';
import type { Runner } from '../rule.js';
import { checkFixtures, checkKeys, type SuiteSettings } from '../settings.js';
import { subjectOf } from '../subject.js';
import { plainGroup } from './edge-groups.js';
import { goldFreeRule, rewardRules } from './reward-rules.js';
import { shape, type RewardClaims, type RewardSubject } from './reward-subject.js';

/** What {@link rewardConformance} can be told. */
export interface RewardSuiteSettings extends SuiteSettings {
  readonly claims?: RewardClaims;
  /** Groups of your own, judged beside generated ones. */
  readonly fixtures?: readonly TrajectoryGroup[];
}

/**
 * Holds a reward plugin to its contract: one test a rule, titled with the rule's id.
 *
 * @param runner `describe` and `it` of jest, vitest or node:test.
 * @throws TESTKIT_USAGE at once for what is wrong with the settings.
 */
export function rewardConformance<Options>(
  runner: Runner,
  plugin: PluginDefinition<'reward', Options>,
  settings: RewardSuiteSettings = {},
): void {
  const suite = 'rewardConformance';
  checkKeys(suite, settings, ['options', 'from', 'seconds', 'claims', 'fixtures']);
  const { claims = {}, fixtures = [] } = settings;
  checkKeys(suite, claims, ['goldFree'], 'claims');
  checkFixtures(suite, fixtures);
  const groups = [plainGroup, ...fixtures, ...sampleGroups(80)];
  const subject: RewardSubject = {
    ...subjectOf(suite, 'reward', plugin as PluginDefinition<'reward'>, settings, (shaper) =>
      shape(shaper, plainGroup),
    ),
    groups,
    claims,
  };
  runSuite(runner, subject, claims.goldFree === true ? [...rewardRules, goldFreeRule] : rewardRules);
}
