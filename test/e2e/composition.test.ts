import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportData } from '@turnwise/server';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { corpusRows, folderWith, questionRows, smallConfiguration, turnwise } from './command-line.js';
import { turnwiseHere } from './command-line-here.js';

/** A reward in one file, as an author writes it: no package, no build, nothing installed beside it. */
const brevity = `
import { defineReward, type TrajectoryGroup } from '@turnwise/core';
import { z } from 'zod';

export default defineReward({
  id: 'brevity',
  version: '1.0.0',
  apiVersion: 2,
  options: z.strictObject({ most: z.number().int().min(1).default(2) }),
  create: (_context, { most }) => ({
    shape: (group: TrajectoryGroup) =>
      group.trajectories.map(({ turns }) => {
        const outcome: number = Math.max(0, 1 - turns.length / most);
        return { outcome, correct: false, turns: turns.map(() => 0), components: { length: -turns.length } };
      }),
  }),
});
`;

const configuration = `${smallConfiguration.replace('steps: 1', 'steps: 2')}strategy: mine
strategies:
  mine:
    reward:
      - { use: outcome }
      - { use: ./brevity.ts, with: { most: 4 }, weight: 0.5 }
    advantage: { use: grpo }
`;

interface Group {
  readonly trajectories: readonly { readonly turns: readonly unknown[] }[];
  readonly shaped: readonly { readonly outcome: number; readonly components: Readonly<Record<string, number>> }[];
  readonly advantages: { readonly turns: readonly (readonly number[])[] };
}

const linesOf = <Line>(text: string): Line[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** One training for all tests. */
const patience = 240_000;

describe('several rewards under a strategy of one’s own, one of them a local TypeScript file', () => {
  let folder = '';
  const read = (name: string): Promise<string> => readFile(join(folder, 'out', name), 'utf8');
  const groupsAt = async (step: number): Promise<Group[]> =>
    linesOf<Group>(await read(`trajectories/step-00000${step}.jsonl`));

  beforeAll(async () => {
    folder = await folderWith({
      'run.yaml': configuration,
      'brevity.ts': brevity,
      'corpus.jsonl': corpusRows,
      'questions.jsonl': questionRows,
    });
    const trained = await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'out', '--json'], folder);
    expect(trained).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error') });
    expect(JSON.parse(trained.stdout)).toMatchObject({ strategy: 'mine', steps: 2 });
  }, patience);

  it('adds them up by weight, and records what each gave in the lines of the groups', async () => {
    const groups = [...(await groupsAt(1)), ...(await groupsAt(2))];
    expect(groups).toHaveLength(4);
    for (const { trajectories, shaped } of groups) {
      shaped.forEach(({ outcome, components }, index) => {
        const turns = trajectories[index]?.turns.length ?? 0;
        expect(components['brevity']).toBeCloseTo(0.5 * Math.max(0, 1 - turns / 4), 12);
        expect(components['brevity/length']).toBeCloseTo(-0.5 * turns, 12);
        expect(outcome).toBeCloseTo((components['outcome'] ?? NaN) + (components['brevity'] ?? NaN), 12);
      });
    }
  });

  it('gives each part a metric of its own', async () => {
    const metrics = linesOf<Record<string, number>>(await read('metrics.jsonl'));
    for (const step of [1, 2]) {
      const line = metrics.find((one) => one['step'] === step) ?? {};
      const shaped = (await groupsAt(step)).flatMap((group) => group.shaped);
      for (const part of ['outcome', 'brevity', 'brevity/length']) {
        expect(line[`reward/${part}/mean`]).toBeCloseTo(
          mean(shaped.map(({ components }) => components[part] ?? NaN)),
          9,
        );
      }
    }
  });

  it('brings them into the report', async () => {
    const report = await read('report.html');
    const { metrics } = JSON.parse(/ id="turnwise-report">(.*)<\/script>/.exec(report)?.[1] ?? '') as ReportData;
    for (const part of ['outcome', 'brevity', 'brevity/length']) {
      expect(metrics.columns[`reward/${part}/mean`]).toEqual([null, expect.any(Number), expect.any(Number)]);
    }
  });

  it('replays the groups with the same strategy to the same credit', async () => {
    const recorded = 'out/trajectories/step-000001.jsonl';
    const words = ['replay', recorded, '-c', 'run.yaml', '--strategy', 'mine', '--json'];
    const replayed = await turnwiseHere(words, folder);
    expect(replayed).toMatchObject({ code: 0 });
    const pick = ({ shaped, advantages }: Group): unknown => [
      shaped.map(({ outcome, components }) => ({ outcome, components })),
      advantages.turns,
    ];
    expect(linesOf<Group>(replayed.stdout).map(pick)).toEqual((await groupsAt(1)).map(pick));
    const unknown = await turnwiseHere(['replay', recorded, '-c', 'run.yaml', '--strategy', 'mime'], folder);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean "mine"?') });
  });

  it('records which code the file was', async () => {
    const { plugins } = JSON.parse(await read('manifest.json')) as { plugins: object[] };
    expect(plugins).toContainEqual(
      expect.objectContaining({
        kind: 'reward',
        id: 'brevity',
        source: join(folder, 'brevity.ts'),
        integrity: expect.stringMatching(/^sha256-[0-9a-f]{64}$/),
      }),
    );
  });
});
