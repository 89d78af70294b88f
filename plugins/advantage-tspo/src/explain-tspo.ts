import {
  describeStandardize,
  explanationRows,
  groupComposition,
  scoredOutcomes,
  scoredRewards,
  shortNumber,
} from '@turnwise/core';
import type { AdvantageExplanation, Composition, ShapedGroup } from '@turnwise/core';
import { describeTurns } from './describe-turns.js';
import type { TspoOptions } from './options.js';
import { comparesLatentRewards, largest, levelOf, type Level } from './tspo-advantages.js';

/** Says how `tspoAdvantages` came to its numbers: the level by composition, then the comparison of each turn. */
export function explainTspo(groups: readonly ShapedGroup[], options: TspoOptions): AdvantageExplanation[] {
  return groups.map((group) => explainGroup(group, options));
}

function explainGroup(group: ShapedGroup, options: TspoOptions): AdvantageExplanation {
  const composition = groupComposition(group);
  const shaped = scoredRewards(group);
  const level = levelOf(composition, shaped, options);
  const scale = composition === 'all-wrong' ? options.allWrongScale : 1;
  const explained = (rule: string, rows: readonly (readonly string[])[]): AdvantageExplanation => ({
    rule: `${circumstances[composition]}: ${rule}`,
    turns: explanationRows(
      group,
      rows.map((row) => row.map((text) => scaled(text, scale))),
    ),
  });
  const zeros = (reason: string): string[][] => shaped.map(({ turns }) => turns.map(() => `0: ${reason}`));
  if (shaped.length < 2) return explained('fewer than two trajectories are scored', zeros('nothing to compare with'));
  if (level === 'off') return explained('such groups are left out (level: off)', zeros('the group is left out'));
  const more = scale === 1 ? '' : `, times allWrongScale ${shortNumber(scale)}`;
  if (level === 'turn') {
    const fallback = describeStandardize(scoredOutcomes(group), options);
    const rewards = shaped.map(({ turns }) => turns);
    return explained(`${turnRules[options.statistics]}${more}`, describeTurns(rewards, fallback, options));
  }
  const latent = comparesLatentRewards(composition, options);
  const values = latent ? shaped.map(({ turns }) => largest(turns)) : scoredOutcomes(group);
  const described = describeStandardize(values, options);
  return explained(
    `${trajectoryRule(level, latent)}${more}`,
    shaped.map(({ turns }, member) => turns.map(() => described[member] ?? '')),
  );
}

const circumstances: Readonly<Record<Composition, string>> = {
  'all-wrong': 'nobody is right',
  mixed: 'some are right and some are wrong',
  'all-correct': 'everybody is right',
};

const turnRules: Readonly<Record<TspoOptions['statistics'], string>> = {
  'turn-index': 'the reward of each turn is compared with the same turn of the members that reached it',
  'pooled-turns': 'the reward of each turn is compared with all turns of the group',
  'pad-zero': 'the reward of each turn is compared with the same turn of all members, absent turns counting 0',
};

function trajectoryRule(level: Level, latent: boolean): string {
  const compared = latent ? 'the largest turn rewards of the trajectories' : 'the outcomes of the trajectories';
  return `${compared} are compared (level: ${level}${latent ? '' : ', as GRPO does'})`;
}

/** A zero by rule stays one; a difference needs brackets before it is multiplied; notes follow a semicolon. */
function scaled(text: string, scale: number): string {
  if (scale === 1 || text.startsWith('0:')) return text;
  const [formula = '', ...notes] = text.split('; ');
  const factor = formula.includes('/') ? formula : `(${formula})`;
  return [`${factor} x ${shortNumber(scale)}`, ...notes].join('; ');
}
