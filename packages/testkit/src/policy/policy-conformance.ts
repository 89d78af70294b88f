import type { PluginDefinition } from '@turnwise/core';
import { runSuite } from '../plugin/common-rules.js';
import type { Runner } from '../rule.js';
import { checkKeys, type SuiteSettings } from '../settings.js';
import { subjectOf } from '../subject.js';
import { contentOf, sample, type PolicySubject } from './policy-subject.js';
import { samplingRules } from './sampling-rules.js';
import { trainingRules } from './training-rules.js';

/** What {@link policyConformance} can be told. */
export interface PolicySuiteSettings extends SuiteSettings {
  /** What it is asked to go on from. Default: a question in the words of the default protocol. */
  readonly prompt?: string;
  /** Texts a turn ends after. Default: those of the default protocol. */
  readonly stop?: readonly string[];
}

/**
 * Holds a policy to its contract: one test a rule, titled with the rule's id. A policy that asks a server needs one
 * while the tests run; its address goes into `options`.
 *
 * @param runner `describe` and `it` of jest, vitest or node:test.
 * @throws TESTKIT_USAGE at once for what is wrong with the settings.
 */
export function policyConformance<Options>(
  runner: Runner,
  plugin: PluginDefinition<'policy', Options>,
  settings: PolicySuiteSettings = {},
): void {
  const suite = 'policyConformance';
  checkKeys(suite, settings, ['options', 'from', 'seconds', 'prompt', 'stop']);
  const { prompt = 'Question: who wrote velkar?\n', stop = ['</search>', '</answer>'] } = settings;
  const subject: PolicySubject = {
    ...subjectOf(suite, 'policy', plugin as PluginDefinition<'policy'>, settings, async (policy) =>
      contentOf(await sample(policy, subject)),
    ),
    prompt,
    stop,
  };
  runSuite(runner, subject, [...samplingRules, ...trainingRules]);
}
