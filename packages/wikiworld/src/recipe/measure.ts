import { exactMatch, goldMatcher } from '@turnwise/core';
import type { WorldQuestion } from '../world/world-question.js';
import type { Attempt } from './play.js';

/** How groups of attempts went; shares are of groups, rates of attempts. */
export interface GroupMeasures {
  readonly groups: number;
  /** Share of attempts that answered right. */
  readonly exactMatch: number;
  /** The same per kind of question, e.g. `bridge-2`. */
  readonly exactMatchByKind: Readonly<Record<string, number>>;
  readonly allWrong: number;
  readonly mixed: number;
  readonly allCorrect: number;
  /** Groups with a wrong attempt whose observations held a gold answer. */
  readonly nearMiss: number;
  /** All-wrong groups where such an attempt also gave an answer. */
  readonly allWrongWithAnsweredNearMiss: number;
  /** Share of attempts whose observations held a gold answer. */
  readonly goldSeen: number;
  /** Share of attempts that gave no answer. */
  readonly unanswered: number;
}

/** Sums up groups of attempts, one group per question. */
export function measureGroups(groups: readonly (readonly Attempt[])[]): GroupMeasures {
  const scored = groups.map((attempts) => attempts.map(score));
  const all = scored.flat();
  const share = <Item>(items: readonly Item[], holds: (item: Item) => boolean): number =>
    items.length === 0 ? 0 : items.filter(holds).length / items.length;
  const kinds = [...new Set(all.map(({ kind }) => kind))].sort();
  const ofKind = (kind: string): number =>
    share(
      all.filter((one) => one.kind === kind),
      ({ right }) => right,
    );
  return {
    groups: groups.length,
    exactMatch: share(all, ({ right }) => right),
    exactMatchByKind: Object.fromEntries(kinds.map((kind) => [kind, ofKind(kind)])),
    allWrong: share(scored, (group) => group.every(({ right }) => !right)),
    mixed: share(scored, (group) => group.some(({ right }) => right) && !group.every(({ right }) => right)),
    allCorrect: share(scored, (group) => group.every(({ right }) => right)),
    nearMiss: share(scored, (group) => group.some(({ right, seen }) => !right && seen)),
    allWrongWithAnsweredNearMiss: share(
      scored,
      (group) => group.every(({ right }) => !right) && group.some(({ seen, answered }) => seen && answered),
    ),
    goldSeen: share(all, ({ seen }) => seen),
    unanswered: share(all, ({ answered }) => !answered),
  };
}

interface ScoredAttempt {
  readonly kind: string;
  readonly right: boolean;
  readonly seen: boolean;
  readonly answered: boolean;
}

function score({ question, answer, observations }: Attempt): ScoredAttempt {
  const gold = goldMatcher(question);
  return {
    kind: kindOf(question),
    right: answer !== null && exactMatch(answer, question.answers) === 1,
    seen: observations.some((observation) => gold.find(observation) !== null),
    answered: answer !== null,
  };
}

function kindOf({ type, hops }: WorldQuestion): string {
  return type === 'bridge' ? `bridge-${hops}` : 'comparison';
}
