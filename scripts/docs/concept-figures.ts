/**
 * Draws the figures of docs/concepts.md from rewards and advantages computed on the spot, and that of docs/architecture.md
 * from the imports of the sources:
 *
 *     npm run docs:figures
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { firstOccurrenceLatentReward, folrOptions } from '@turnwise/reward-folr';
import { grpoOptions, grpoAdvantages } from '@turnwise/advantage-grpo';
import { tspoAdvantages, tspoOptions } from '@turnwise/advantage-tspo';
import type { Trajectory, TrajectoryGroup } from '@turnwise/core';
import { architectureFigure } from './architecture-figure.js';
import { creditFigure } from './credit-figure.js';

const gold = 'Ludwig van Beethoven was born in Bonn.';
const other = 'Fidelio is an opera by Beethoven.';

/** A trajectory that read these texts and then answered. */
function trajectory(id: string, texts: readonly string[], answer: string): Trajectory {
  const output = { text: '', tokenIds: [], logprobs: [] };
  const searches = texts.map((text) => ({
    output,
    action: { kind: 'search' as const, query: 'x' },
    observation: { status: 'ok' as const, text, hits: [] },
  }));
  const last = { output, action: { kind: 'answer' as const, text: answer }, observation: null };
  return { id, answer, stopReason: 'answered', turns: [...searches, last] };
}

const question = { id: 'q', text: 'Where was the composer of Fidelio born?', answers: ['Bonn'] };
const allWrong: TrajectoryGroup = {
  question,
  trajectories: [
    trajectory('q/0', [other, gold], 'Vienna'),
    trajectory('q/1', [other, other], 'Vienna'),
    trajectory('q/2', [other], 'Paris'),
    trajectory('q/3', [], 'Vienna'),
  ],
};
const mixed: TrajectoryGroup = {
  question,
  trajectories: [trajectory('q/0', [other, gold], 'Bonn'), ...allWrong.trajectories.slice(0, 3)],
};

/** What each strategy gives every turn of a group. */
function credit(group: TrajectoryGroup): { name: string; turns: readonly (readonly number[])[] }[] {
  const shaped = { ...group, shaped: firstOccurrenceLatentReward(group, folrOptions.parse({})) };
  const [grpo] = grpoAdvantages([shaped], grpoOptions.parse({}));
  const [tspo] = tspoAdvantages([shaped], tspoOptions.parse({}));
  return [
    { name: 'GRPO', turns: grpo?.turns ?? [] },
    { name: 'TSPO', turns: tspo?.turns ?? [] },
  ];
}

const folder = fileURLToPath(new URL('../../docs/figures/', import.meta.url));
mkdirSync(folder, { recursive: true });
const draw = (file: string, title: string, group: TrajectoryGroup): void =>
  writeFileSync(`${folder}${file}.svg`, creditFigure(title, group, 'Bonn', credit(group)));
draw('all-wrong-group', 'A group in which nobody is right: what each turn is credited with', allWrong);
draw('mixed-group', 'A group in which one is right: what each turn is credited with', mixed);
writeFileSync(`${folder}architecture.svg`, architectureFigure());
