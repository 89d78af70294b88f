import { runRules, type Rule, type Runner } from '../rule.js';
import type { Subject } from '../subject.js';
import { canBeMade, definitionRules } from './definition-rules.js';
import { lifecycleRules } from './lifecycle-rules.js';
import { optionRules } from './option-rules.js';
import { packageRules } from './package-rules.js';

/** The rules every kind of plugin shares. */
export const commonRules: readonly Rule<Subject>[] = [
  ...definitionRules,
  ...packageRules,
  ...optionRules,
  ...lifecycleRules,
];

/** Runs what all kinds share and what the kind adds; of a definition that nothing can be made of, the rules about definitions. */
export function runSuite<Extended extends Subject>(
  runner: Runner,
  subject: Extended,
  rules: readonly Rule<Extended>[],
): void {
  const shared = commonRules.filter(({ id }) => subject.packageFile !== null || !id.startsWith('package/'));
  const judged = canBeMade(subject.plugin) ? [...shared, ...rules] : definitionRules;
  runRules<Extended>(runner, `${subject.kind} ${subject.plugin.id}`, judged, subject);
}
