import type { RecordedGroup } from './recorded-group.js';

/** What searching and what reading came to, over some training groups. Shares of trajectories, but for the last two. */
export interface SearchAndRead {
  readonly right: number;
  /** A gold answer was retrieved: searching. */
  readonly sawGold: number;
  /** Right, of those that saw gold: reading. */
  readonly rightGivenGold: number;
  readonly unanswered: number;
  /** Share of groups without a right trajectory. */
  readonly allWrong: number;
  /** Share of groups without a right trajectory and with a near-miss that gave an answer. */
  readonly allWrongAnsweredNearMiss: number;
}

function searchAndRead(groups: readonly RecordedGroup[]): SearchAndRead {
  const attempts = groups.flatMap((group) => group.attempts);
  const seen = attempts.filter(({ sawGold }) => sawGold);
  const allWrong = groups.filter((group) => group.attempts.every(({ right }) => !right));
  const share = (part: readonly unknown[], whole: readonly unknown[]): number => part.length / whole.length;
  return {
    right: share(
      attempts.filter(({ right }) => right),
      attempts,
    ),
    sawGold: share(seen, attempts),
    rightGivenGold: share(
      seen.filter(({ right }) => right),
      seen,
    ),
    unanswered: share(
      attempts.filter(({ answered }) => !answered),
      attempts,
    ),
    allWrong: share(allWrong, groups),
    allWrongAnsweredNearMiss: share(
      allWrong.filter((group) => group.attempts.some(({ sawGold, answered }) => sawGold && answered)),
      groups,
    ),
  };
}

/** The first, second and last third of training, each summed up. */
export function byThirds(groups: readonly RecordedGroup[]): readonly SearchAndRead[] {
  const steps = Math.max(...groups.map(({ step }) => step));
  return [0, 1, 2].map((third) =>
    searchAndRead(groups.filter(({ step }) => Math.ceil((step * 3) / steps) - 1 === third)),
  );
}
