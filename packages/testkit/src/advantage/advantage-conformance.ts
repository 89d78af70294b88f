import { estimateAdvantages, type AdvantageEstimator, type PluginDefinition, type ShapedGroup } from '@turnwise/core';
import { groupOf, sampleShapedGroups } from '../generators/shaped-groups.js';
import { runSuite } from '../plugin/common-rules.js';
import { demand, type Rule, type Runner } from '../rule.js';
import { sameValue, shown } from '../same-value.js';
import { checkFixtures, checkKeys, type SuiteSettings } from '../settings.js';
import { subjectOf, withInstance, type Subject } from '../subject.js';
import * as laws from './estimator-laws.js';

/** What an author claims of an estimator beyond the contract, or withdraws from what is expected of every one. */
export interface AdvantageClaims {
  /** Groups of equal rewards get exact zeros. Default true; false for what pays raw rewards on purpose. */
  readonly flatIsZero?: boolean;
  /** Adding one number to all rewards changes nothing; `equal-lengths`: where all trajectories are equally long. Default false. */
  readonly shiftInvariant?: boolean | 'equal-lengths';
  /** All rewards times f: advantages times f ** this. 1 without division by a spread, 0 with it and no epsilon. Default: none claimed. */
  readonly scaleDegree?: 0 | 1;
  /** The first turns of a group add up to zero. Default false. */
  readonly sumsToZero?: boolean;
  /** Of a right and a wrong answer each is 1 / sqrt 2 away. Default false. */
  readonly sampleSpread?: boolean;
}

/** What {@link advantageConformance} can be told. */
export interface AdvantageSuiteSettings extends SuiteSettings {
  readonly claims?: AdvantageClaims;
  /** Shaped groups of your own, judged beside generated ones. */
  readonly fixtures?: readonly ShapedGroup[];
}

interface AdvantageSubject extends Subject<'advantage'> {
  readonly fixtures: readonly ShapedGroup[];
}

type AdvantageRule = Rule<AdvantageSubject>;

const ruleOf = (id: string, says: string, law: laws.Law): AdvantageRule => ({
  id: `advantage/${id}`,
  says,
  check: (subject) => withInstance(subject, (estimator) => law(estimator)),
});

/** A law that speaks of correct results alone: what breaks the contract is left to `advantage/contract`. */
const lawOf = (id: string, says: string, law: laws.Law): AdvantageRule =>
  ruleOf(id, says, (estimator) => {
    let broken = false;
    const watched: AdvantageEstimator = {
      estimate: (groups) => {
        try {
          return estimateAdvantages(groups, { name: 'watched', estimator });
        } catch (error) {
          broken = true;
          throw error;
        }
      },
    };
    try {
      law(watched);
    } catch (error) {
      if (!broken) throw error;
    }
  });

const rules: readonly AdvantageRule[] = [
  ruleOf(
    'contract',
    'shape, finite numbers, composition, level, zeros for who abstains, and input only read, on any batch',
    laws.keepsTheContract,
  ),
  ruleOf('empty-batch', 'no groups give no advantages', (estimator) => {
    const estimates = estimator.estimate([]);
    demand(sameValue(estimates, []), () => `estimate([]) returned ${shown(estimates)}`, 'return an empty list');
  }),
  lawOf('order', 'members in another order get the same in that order', laws.ignoresOrder),
  lawOf('abstaining', 'the others get what they get without the members that abstain', laws.leavesAbstainingOut),
  lawOf('level', 'the level is none exactly where every advantage is zero', laws.saysNoneWhenZero),
  lawOf('observations', 'what was read has no weight and gets no advantage', laws.respectsTheMask),
  ruleOf('many-turns', '10,000 turns give finite numbers', laws.survivesManyTurns),
  {
    id: 'advantage/explain',
    says: 'explain(), if it is there, says something for every group and turn',
    check: (subject) =>
      withInstance(subject, (estimator) => {
        const groups = sampleShapedGroups(90, 8);
        const explained = estimator.explain?.(groups);
        if (explained === undefined) return;
        groups.forEach(({ shaped }, index) => {
          const lengths = explained[index]?.turns.map((turns) => turns.length);
          demand(
            sameValue(
              lengths,
              shaped.map(({ turns }) => turns.length),
            ) && explained[index]?.rule !== '',
            () => `group ${index} is explained by ${shown(explained[index])}`,
            'return a rule and one text or null for each turn of each trajectory',
          );
        });
      }),
  },
];

/** Only with fixtures. */
const fixturesRule: AdvantageRule = {
  id: 'advantage/fixtures',
  says: 'the same holds for the groups of this test, one by one and together',
  check: (subject) =>
    withInstance(subject, (estimator) => {
      for (const groups of [...subject.fixtures.map((group) => [group]), subject.fixtures]) {
        estimateAdvantages(groups, { name: subject.plugin.id, estimator });
      }
    }),
};

/** The rules that are asked for by claims. */
function claimed({
  flatIsZero = true,
  shiftInvariant = false,
  scaleDegree,
  sumsToZero = false,
  sampleSpread = false,
}: AdvantageClaims): AdvantageRule[] {
  return [
    ...(flatIsZero ? [lawOf('flat', 'equal rewards give exact zeros', laws.isZeroWhenFlat)] : []),
    ...(shiftInvariant === false
      ? []
      : [
          lawOf(
            'shift',
            'adding a number to all rewards changes nothing',
            laws.ignoresShifts(shiftInvariant === 'equal-lengths'),
          ),
        ]),
    ...(scaleDegree === undefined
      ? []
      : [lawOf('scale', `all rewards times f give advantages times f ** ${scaleDegree}`, laws.scalesBy(scaleDegree))]),
    ...(sumsToZero ? [lawOf('sum', 'the first turns of a group add up to zero', laws.sumsToZero)] : []),
    ...(sampleSpread ? [lawOf('spread', 'the spread is the unbiased one', laws.usesTheSampleSpread)] : []),
  ];
}

/** A right and a wrong trajectory, and one that abstains. */
const plainGroups: readonly ShapedGroup[] = [
  groupOf([
    { outcome: 1, correct: true, turns: [1, 1] },
    { outcome: 0, correct: false, turns: [0, 0] },
    { outcome: null, correct: false, turns: [0] },
  ]),
];

/**
 * Holds an advantage estimator to its contract and to what is claimed of it: one test a rule, titled with the rule's id.
 *
 * @param runner `describe` and `it` of jest, vitest or node:test.
 * @throws TESTKIT_USAGE at once for what is wrong with the settings.
 */
export function advantageConformance<Options>(
  runner: Runner,
  plugin: PluginDefinition<'advantage', Options>,
  settings: AdvantageSuiteSettings = {},
): void {
  const suite = 'advantageConformance';
  checkKeys(suite, settings, ['options', 'from', 'seconds', 'claims', 'fixtures']);
  const { claims = {}, fixtures = [] } = settings;
  checkKeys(suite, claims, ['flatIsZero', 'shiftInvariant', 'scaleDegree', 'sumsToZero', 'sampleSpread'], 'claims');
  checkFixtures(suite, fixtures);
  const subject: AdvantageSubject = {
    ...subjectOf(suite, 'advantage', plugin as PluginDefinition<'advantage'>, settings, (estimator) =>
      Promise.resolve(estimator.estimate(structuredClone(plainGroups))),
    ),
    fixtures,
  };
  runSuite(runner, subject, [...rules, ...(fixtures.length > 0 ? [fixturesRule] : []), ...claimed(claims)]);
}
