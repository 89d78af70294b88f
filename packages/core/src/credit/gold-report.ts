import type { TrajectoryGroup } from '../contract/index.js';
import { goldMatcher } from '../text/index.js';
import { findFirstOccurrence } from './first-occurrence.js';

/** How often gold was seen in observations, and signs that seeing it proves little. All shares are in [0, 1]. */
export interface GoldReport {
  readonly questions: number;
  readonly trajectories: number;
  /** Share of trajectories in which an observation held gold. */
  readonly seen: number;
  /** Mean 0-based turn of the first occurrence, over those trajectories; `null` when there are none. */
  readonly meanFirstTurn: number | null;
  /** Share of questions none of whose answers passed the guards: their near-misses cannot be seen. */
  readonly withoutUsableGold: number;
  /** Share of questions whose own text holds a usable gold answer. */
  readonly goldInQuestion: number;
  /** Share of trajectories with at least two successful searches in which *every* result held gold. */
  readonly goldInEveryResult: number;
}

/**
 * Audits the matching of gold answers over groups, with the default matching and guards. A high `goldInQuestion` or
 * `goldInEveryResult` says that FOLR pays for nothing found; then guard with `ignoreIfInQuestion`, match by
 * `token-boundary`, or choose `tspo-careful`.
 */
export function goldReport(groups: readonly TrajectoryGroup[]): GoldReport {
  const facts = groups.map(({ question, trajectories }) => {
    const matcher = goldMatcher(question);
    return {
      usable: matcher.answers.length > 0,
      inQuestion: matcher.find(question.text) !== null,
      firstTurns: trajectories.map((trajectory) => findFirstOccurrence(trajectory, matcher)?.turn ?? null),
      everywhere: trajectories.map(({ turns }) => {
        const results = turns.flatMap(({ observation }) => (observation?.status === 'ok' ? [observation.text] : []));
        return results.length >= 2 && results.every((text) => matcher.find(text) !== null);
      }),
    };
  });
  const firstTurns = facts.flatMap((fact) => fact.firstTurns);
  const seenTurns = firstTurns.filter((turn) => turn !== null);
  return {
    questions: groups.length,
    trajectories: firstTurns.length,
    seen: share(firstTurns, (turn) => turn !== null),
    meanFirstTurn: seenTurns.length > 0 ? seenTurns.reduce((sum, turn) => sum + turn, 0) / seenTurns.length : null,
    withoutUsableGold: share(facts, ({ usable }) => !usable),
    goldInQuestion: share(facts, ({ inQuestion }) => inQuestion),
    goldInEveryResult: share(
      facts.flatMap(({ everywhere }) => everywhere),
      (everywhere) => everywhere,
    ),
  };
}

function share<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  return items.length === 0 ? 0 : items.filter(holds).length / items.length;
}
