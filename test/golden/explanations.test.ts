import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import type { AdvantageEstimator, PluginDefinition, ShapedGroup } from '@turnwise/core';
import { anyGroup } from '@turnwise/testkit';

const folders = readdirSync(new URL('../../plugins', import.meta.url)).filter((name) => name.startsWith('advantage-'));

/** Options under which an explanation reads otherwise, besides the defaults. */
const variants: Readonly<Record<string, readonly object[]>> = {
  'advantage-outcome': [{ baseline: 'batch-mean' }],
  'advantage-grpo': [{ divideByStandardDeviation: false, baseline: 'leave-one-out' }, { singleton: 'raw' }],
  'advantage-reinforce-plus-plus': [{ baseline: 'group-mean', rewards: 'turns', gamma: 0.9 }],
  'advantage-pass-at-k': [{ divideByStandardDeviation: false }],
  'advantage-gigpo': [{ trajectoryStatistics: 'steps', stepReward: 'turns', stepWeight: 0.5, similarity: 0.5 }],
  'advantage-gae': [{ lambda: 1, rewards: 'turns', gamma: 0.9 }],
  'advantage-igpo': [{ normalization: 'joint', gamma: 0.5 }],
  'advantage-tspo': [{ level: { mixed: 'turn' } }, { divideByStandardDeviation: false, baseline: 'leave-one-out' }],
};

async function estimatorOf(folder: string, options: object): Promise<AdvantageEstimator> {
  const plugin = ((await import(`@turnwise/${folder}`)) as { default: PluginDefinition<'advantage'> }).default;
  const validated = await plugin.options['~standard'].validate(options);
  if (validated.issues) throw new Error(JSON.stringify(validated.issues));
  return plugin.create({} as never, validated.value);
}

/** The number an explanation's arithmetic gives once its words are taken out; what follows `0: ` or `; ` are words alone. */
function valueOf(explanation: string): number {
  if (explanation.startsWith('0: ')) return 0;
  const [arithmetic = ''] = explanation.split('; ', 1);
  // A minus sign belongs to the number after it unless a blank stands between: `0.5 - -1`.
  const symbols = arithmetic.match(/-?\d+(?:\.\d+)?(?:e[-+]?\d+)?|(?<=\s)[-+/x](?=\s)|[()]/g) ?? [];
  let next = 0;
  const factor = (): number => {
    const symbol = symbols[next++] ?? '';
    if (symbol !== '(') return Number(symbol);
    const value = sum();
    next++;
    return value;
  };
  const product = (): number => {
    let value = factor();
    while (symbols[next] === 'x' || symbols[next] === '/')
      value = symbols[next++] === 'x' ? value * factor() : value / factor();
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (symbols[next] === '+' || symbols[next] === '-') value += symbols[next++] === '+' ? product() : -product();
    return value;
  };
  const value = sum();
  if (next < symbols.length) throw new Error(`not arithmetic: ${explanation}`);
  return value;
}

describe.each(folders)('%s explains itself', (folder) => {
  it.each([{}, ...(variants[folder] ?? [])])('by arithmetic that gives the number, with %j', async (options) => {
    const estimator = await estimatorOf(folder, options);
    let compared = 0;
    fc.assert(
      fc.property(fc.array(anyGroup, { minLength: 1, maxLength: 3 }), (groups: ShapedGroup[]) => {
        const estimates = estimator.estimate(groups);
        const explained = estimator.explain?.(groups) ?? [];
        expect(explained).toHaveLength(groups.length);
        explained.forEach(({ rule, turns }, group) => {
          expect(rule).not.toBe('');
          turns.forEach((row, member) => {
            expect(row).toHaveLength(estimates[group]?.turns[member]?.length ?? NaN);
            row.forEach((text, turn) => {
              if (text === null) throw new Error(`nothing is said of turn ${turn}`);
              if (!text.startsWith('0: ')) compared++;
              const advantage = estimates[group]?.turns[member]?.[turn] ?? NaN;
              // Six digits are printed of each number in it; small spreads magnify their rounding.
              if (!(Math.abs(valueOf(text) - advantage) <= 2e-3 * Math.max(1, Math.abs(advantage)))) {
                throw new Error(`${text} is ${valueOf(text)}, the advantage ${advantage}`);
              }
            });
          });
        });
      }),
      { seed: 83, numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(20);
  });
});
