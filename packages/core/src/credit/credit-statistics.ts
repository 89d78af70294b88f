import type { GroupAdvantages, ShapedGroup } from '../contract/index.js';
import { mean } from '../statistics/index.js';
import { scoredMembers } from './composition.js';
import { nearMisses } from './near-miss.js';

/**
 * What a batch of groups teaches, as metrics. Shares are in [0, 1]; an empty batch gives zeros.
 *
 * - `reward/outcome-mean`, `reward/turn-mean`: over scored trajectories, and over their turns.
 * - `reward/<component>/mean`: of each named part the rewards were added up from, over the scored trajectories that have it.
 * - `groups/all-wrong`, `groups/mixed`, `groups/all-correct`: share of the groups with a scored trajectory.
 * - `groups/dead`: share of groups in which every advantage is zero.
 * - `groups/near-miss`: share of groups with a near-miss; `groups/all-wrong-near-miss` those that are also all-wrong,
 *   `groups/all-wrong-answered-near-miss` those where one of these near-misses gave an answer.
 * - `trajectories/near-miss`, `trajectories/unanswered`: share of scored trajectories.
 * - `trajectories/abstained`: share of all trajectories.
 */
export function creditStatistics(
  groups: readonly ShapedGroup[],
  advantages: readonly GroupAdvantages[],
): Record<string, number> {
  const facts = groups.map((group, index) => groupFacts(group, advantages[index]));
  const scored = facts.filter(({ scored }) => scored.length > 0);
  const shareOf = <Item>(items: readonly Item[], holds: (item: Item) => boolean): number =>
    items.length === 0 ? 0 : items.filter(holds).length / items.length;
  const trajectories = facts.flatMap((fact) => fact.scored);
  const isAllWrong = (fact: GroupFacts): boolean => fact.composition === 'all-wrong';
  const isAnsweredNearMiss = (member: ScoredMember): boolean => member.nearMiss && member.answered;
  return {
    'reward/outcome-mean': mean(trajectories.map(({ outcome }) => outcome)),
    'reward/turn-mean': mean(trajectories.flatMap(({ turns }) => turns)),
    ...componentMeans(groups),
    'groups/all-wrong': shareOf(scored, isAllWrong),
    'groups/mixed': shareOf(scored, (fact) => fact.composition === 'mixed'),
    'groups/all-correct': shareOf(scored, (fact) => fact.composition === 'all-correct'),
    'groups/dead': shareOf(facts, ({ dead }) => dead),
    'groups/near-miss': shareOf(facts, (fact) => fact.scored.some(({ nearMiss }) => nearMiss)),
    'groups/all-wrong-near-miss': shareOf(
      facts,
      (fact) => isAllWrong(fact) && fact.scored.some(({ nearMiss }) => nearMiss),
    ),
    'groups/all-wrong-answered-near-miss': shareOf(
      facts,
      (fact) => isAllWrong(fact) && fact.scored.some(isAnsweredNearMiss),
    ),
    'trajectories/near-miss': shareOf(trajectories, ({ nearMiss }) => nearMiss),
    'trajectories/unanswered': shareOf(trajectories, ({ answered }) => !answered),
    'trajectories/abstained': shareOf(
      groups.flatMap(({ shaped }) => shaped),
      ({ outcome }) => outcome === null,
    ),
  };
}

interface GroupFacts {
  readonly composition: GroupAdvantages['composition'] | undefined;
  readonly dead: boolean;
  readonly scored: readonly ScoredMember[];
}

interface ScoredMember {
  readonly outcome: number;
  readonly turns: readonly number[];
  readonly nearMiss: boolean;
  readonly answered: boolean;
}

function groupFacts(group: ShapedGroup, advantages: GroupAdvantages | undefined): GroupFacts {
  const nearMiss = nearMisses(group);
  const scored = scoredMembers(group.shaped).map((index): ScoredMember => ({
    outcome: group.shaped[index]?.outcome ?? 0,
    turns: group.shaped[index]?.turns ?? [],
    nearMiss: nearMiss[index] ?? false,
    answered: group.trajectories[index]?.answer !== null,
  }));
  const dead = !advantages?.turns.some((turns) => turns.some((advantage) => advantage !== 0));
  return { composition: advantages?.composition, dead, scored };
}

/** Parts of rewards are recorded apart, so that each has a curve of its own. Empty where rewards name no parts. */
function componentMeans(groups: readonly ShapedGroup[]): Record<string, number> {
  const values = new Map<string, number[]>();
  for (const { shaped } of groups) {
    for (const { outcome, components } of shaped) {
      if (outcome === null || components === undefined) continue;
      for (const [name, value] of Object.entries(components)) {
        const list = values.get(name) ?? [];
        list.push(value);
        values.set(name, list);
      }
    }
  }
  const entries = [...values].sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([name, list]) => [`reward/${name}/mean`, mean(list)]));
}
