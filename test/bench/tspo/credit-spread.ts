/** How far credit tells turns and trajectories apart: the two homogenisations that TSPO sets out to end. */
export interface CreditSpread {
  /** Share of trajectories of two turns or more whose turns all got the same advantage (process homogenisation). */
  readonly uniformTrajectories: number;
  /** Share of groups whose advantages are all zero (intra-group homogenisation). */
  readonly deadGroups: number;
  /** Mean square of a turn's advantage. */
  readonly meanSquare: number;
  /**
   * That mean square taken apart: what the mean of the group, the trajectory's own mean beyond it, and the turn beyond
   * its trajectory account for. The three add up to 1; NaN when every advantage is zero.
   */
  readonly shares: { readonly group: number; readonly trajectory: number; readonly turn: number };
}

/** @param groups Advantages by group, trajectory and turn. */
export function creditSpread(groups: readonly (readonly (readonly number[])[])[]): CreditSpread {
  let [turns, several, uniform, dead] = [0, 0, 0, 0];
  const squares = { group: 0, trajectory: 0, turn: 0 };
  for (const group of groups) {
    const all = group.flat();
    if (all.every((value) => value === 0)) dead++;
    const groupMean = mean(all);
    for (const own of group) {
      const ownMean = mean(own);
      if (own.length > 1) {
        several++;
        if (own.every((value) => value === own[0])) uniform++;
      }
      squares.group += own.length * groupMean ** 2;
      squares.trajectory += own.length * (ownMean - groupMean) ** 2;
      squares.turn += own.reduce((sum, value) => sum + (value - ownMean) ** 2, 0);
      turns += own.length;
    }
  }
  const total = squares.group + squares.trajectory + squares.turn;
  return {
    uniformTrajectories: uniform / several,
    deadGroups: dead / groups.length,
    meanSquare: total / turns,
    shares: { group: squares.group / total, trajectory: squares.trajectory / total, turn: squares.turn / total },
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
