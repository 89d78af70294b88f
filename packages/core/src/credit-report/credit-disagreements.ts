import type { TrajectoryGroup } from '../contract/index.js';
import { mean } from '../statistics/index.js';
import type { CreditComparison, StrategyResult } from './compare-credit.js';
import { actionInWords } from './explain-credit.js';

/** How two strategies agree, turn by turn. */
export interface PairOfStrategies {
  readonly names: readonly [string, string];
  /** Both push the same way, or both not at all. */
  readonly same: number;
  /** One praises what the other blames. */
  readonly opposite: number;
  /** Only the first, only the second gives a signal. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
}

/** A turn the strategies see differently. */
export interface CreditDisagreement {
  /** `opposite`: two strategies give opposite signs; `silent`: at least one is silent where another is not. */
  readonly kind: 'opposite' | 'silent';
  readonly question: string;
  /** 0-based place of the group in the file. */
  readonly group: number;
  readonly trajectory: string;
  readonly turn: number;
  /** What the policy did. */
  readonly action: string;
  /** What the policy wrote in that turn. */
  readonly text: string;
  readonly advantages: Readonly<Record<string, number>>;
  /** How far the strategies are apart, each in units of its own mean |advantage| over turns with signal. */
  readonly distance: number;
}

/** Compares the signs of all advantages and picks the trajectories that are seen most differently. */
export function findDisagreements(
  groups: readonly TrajectoryGroup[],
  results: readonly StrategyResult[],
  limit: number,
): Pick<CreditComparison, 'pairs' | 'oppositeTurns' | 'examples'> {
  const units = results.map(unitOf);
  const pairs = results.flatMap((first, left) =>
    results.slice(left + 1).map((second, offset) => ({
      left,
      right: left + 1 + offset,
      counts: { names: [first.name, second.name] as const, same: 0, opposite: 0, onlyFirst: 0, onlySecond: 0 },
    })),
  );
  let oppositeTurns = 0;
  const strongest: CreditDisagreement[] = [];
  groups.forEach(({ question, trajectories }, group) => {
    trajectories.forEach((trajectory, member) => {
      const seen = trajectory.turns.flatMap((step, turn): CreditDisagreement[] => {
        const values = results.map(({ advantages }) => advantages[group]?.turns[member]?.[turn] ?? 0);
        const signs = values.map(Math.sign);
        for (const { left, right, counts } of pairs) counts[relation(signs[left] ?? 0, signs[right] ?? 0)]++;
        const isOpposite = signs.includes(1) && signs.includes(-1);
        if (isOpposite) oppositeTurns++;
        if (!isOpposite && new Set(signs).size < 2) return [];
        const relative = values.map((value, strategy) => value / (units[strategy] ?? 1));
        const disagreement: CreditDisagreement = {
          kind: isOpposite ? 'opposite' : 'silent',
          question: question.id,
          group,
          trajectory: trajectory.id,
          turn,
          action: actionInWords(step),
          text: step.output.text,
          advantages: Object.fromEntries(results.map(({ name }, strategy) => [name, values[strategy] ?? 0])),
          distance: Math.max(...relative) - Math.min(...relative),
        };
        return [disagreement];
      });
      const [most] = seen.sort(byStrength);
      if (most) strongest.push(most);
    });
  });
  // Sorting is stable: equal disagreements stay in the order of the file.
  const examples = strongest.sort(byStrength).slice(0, limit);
  return { pairs: pairs.map(({ counts }) => counts), oppositeTurns, examples };
}

function relation(first: number, second: number): 'same' | 'opposite' | 'onlyFirst' | 'onlySecond' {
  if (first === second) return 'same';
  if (second === 0) return 'onlyFirst';
  return first === 0 ? 'onlySecond' : 'opposite';
}

/** Opposite signs before silence, then the larger distance. */
function byStrength(left: CreditDisagreement, right: CreditDisagreement): number {
  if (left.kind !== right.kind) return left.kind === 'opposite' ? -1 : 1;
  return right.distance - left.distance;
}

/** Strategies that divide by a standard deviation and those that do not cannot be compared in absolute numbers. */
function unitOf({ advantages }: StrategyResult): number {
  const magnitudes = advantages.flatMap(({ turns }) =>
    turns.flat().flatMap((value) => (value === 0 ? [] : [Math.abs(value)])),
  );
  return magnitudes.length === 0 ? 1 : mean(magnitudes);
}
