import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stepName } from '@turnwise/core';
import type { GroupLine } from './summarise-group.js';

/** A turn that searched and read this text, or that answered. */
const turn = (text: string | null, written: string): GroupLine['trajectories'][number]['turns'][number] => ({
  output: { text: written, tokenIds: [1, 2, 3], logprobs: [-0.1, -0.2, -0.3] },
  action: text === null ? { kind: 'answer', text: written } : { kind: 'search', query: written },
  observation:
    text === null ? null : { status: 'ok', text, hits: [{ id: 'p1', title: 'P', text, score: 1 }], tokenIds: [4, 5] },
});

/** How a recorded group is to come out. */
export interface GroupWish {
  readonly id: string;
  readonly text?: string;
  /** What the search of each trajectory brought, and its answer; gold is `Paris`. */
  readonly members: readonly (readonly [found: string, answer: string])[];
}

/** Question q1: nobody was right, one had found gold. */
export const missed: GroupWish = {
  id: 'q1',
  members: [
    ['It is Paris.', 'Rome'],
    ['Nothing.', 'Rome'],
  ],
};

/** The same question later: one was right. */
export const solved: GroupWish = {
  id: 'q1',
  members: [
    ['It is Paris.', 'Paris'],
    ['Nothing.', 'Rome'],
  ],
};

/** A group as a run records it, credited as GRPO without standard deviation would. */
export function groupLine(step: number, { id, text = `Question ${id}?`, members }: GroupWish): GroupLine {
  const outcomes: number[] = members.map(([, answer]) => (answer === 'Paris' ? 1 : 0));
  const right = outcomes.filter((outcome) => outcome === 1).length;
  const mean = right / members.length;
  return {
    step,
    question: { id, text, answers: ['Paris'] },
    trajectories: members.map(([found, answer], index) => ({
      id: `${id}/${index}`,
      prompt: { text, tokenIds: [7, 8] },
      turns: [turn(found, `look ${index}`), turn(null, answer)],
      answer,
      stopReason: 'answered',
    })),
    shaped: members.map(([found], index) => ({
      outcome: outcomes[index] ?? 0,
      correct: outcomes[index] === 1,
      turns: [outcomes[index] ?? 0, outcomes[index] ?? 0],
      firstOccurrence: /paris/i.test(found) ? 0 : null,
    })),
    advantages: {
      composition: right === 0 ? 'all-wrong' : right === members.length ? 'all-correct' : 'mixed',
      level: right === 0 || right === members.length ? 'none' : 'trajectory',
      turns: outcomes.map((outcome) => [outcome - mean, outcome - mean]),
    },
  };
}

/** Writes a run as the run folder does. */
export function writeRun(
  folder: string,
  {
    steps = 3,
    recorded = steps,
    groups = [],
    strategy = 'grpo',
    seed = 1,
  }: {
    readonly steps?: number;
    readonly recorded?: number;
    /** Groups of each step from 1 on. */
    readonly groups?: readonly (readonly GroupWish[])[];
    readonly strategy?: string;
    readonly seed?: number;
  } = {},
): void {
  mkdirSync(join(folder, 'trajectories'), { recursive: true });
  const config = { policy: { use: 'transformer' }, training: { steps, learningRate: seed / 1000 } };
  const manifest = { version: 1, createdAt: '2026-01-02T03:04:05Z', strategy, seed, config, plugins: [], versions: {} };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const rows = Array.from({ length: recorded + 1 }, (_, step) => metricRow(step));
  writeFileSync(join(folder, 'metrics.jsonl'), rows.join(''));
  groups.forEach((wishes, index) => {
    const step = index + 1;
    const lines = wishes.map((wish) => `${JSON.stringify(groupLine(step, wish))}\n`).join('');
    writeFileSync(join(folder, 'trajectories', `${stepName(step)}.jsonl`), lines);
  });
}

/** A line of metrics; step 0 is the measurement before training. */
export function metricRow(step: number): string {
  const evaluation = step % 2 === 0 ? { 'eval/exact-match': step / 10 } : {};
  const training = {
    'reward/outcome-mean': step / 20,
    'groups/all-wrong': 0.5,
    'groups/mixed': 0.3,
    'groups/all-correct': 0.2,
    'groups/dead': 0.6,
    'groups/near-miss': 0.4,
    'rollout/tokens': 1000,
    'rollout/seconds': 1.5,
    'update/seconds': 0.5,
    'update/entropy': 0.4,
  };
  return `${JSON.stringify({ step, ...(step === 0 ? {} : training), ...evaluation })}\n`;
}
