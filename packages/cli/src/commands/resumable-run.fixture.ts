import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { characterTokenizer } from '../character-tokenizer.fixture.js';

/**
 * A policy whose weights are a number that every update moves by what the batch holds. While there is a file `dead`, its
 * fourth update is its last; while there is a file `other`, it computes with another engine.
 */
const policySource = (folder: string): string => `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { definePolicy, TurnwiseError } from '@turnwise/core';
import { z } from 'zod';
${characterTokenizer}
export default definePolicy({
  id: 'number',
  version: '1.0.0',
  options: z.strictObject({}),
  provides: ['policy.trainable', 'policy.tokenizer', 'trajectory.logprobs'],
  create() {
    let weight = 0;
    let updates = 0;
    return {
      computesWith: { engine: existsSync(${JSON.stringify(join(folder, 'other'))}) ? 'other' : 'first' },
      capabilities: { trainable: true, objectives: ['ppo-clip'], logprobs: true, maxContext: null },
      tokenizer,
      async sample({ turn, seed }) {
        const right = (seed % 1000) / 1000 < 0.5 + 0.1 * Math.sin(weight);
        const text = turn === 0 ? '<search> sky </search>' : '<answer> ' + (right ? 'blue' : 'red') + ' </answer>';
        const tokenIds = tokenizer.encode(text);
        return { text, tokenIds, logprobs: tokenIds.map(() => -1), finish: 'stop' };
      },
      async forwardBackward(batch) {
        if (existsSync(${JSON.stringify(join(folder, 'dead'))}) && ++updates === 4) throw new TurnwiseError('RUN_WORKER_FAILED', 'no thread left');
        for (const { spans } of batch.sequences) for (const span of spans) weight += span.advantage ?? 0;
        return { loss: weight, kl: 0, clipFraction: 0, entropy: 1, tokens: 1 };
      },
      async optimStep() {
        weight += 0.25;
        return { gradientNorm: 1 };
      },
      async save(place: string) {
        writeFileSync(place + '/weight.json', JSON.stringify({ weight }));
      },
      async load(place: string) {
        weight = JSON.parse(readFileSync(place + '/weight.json', 'utf8')).weight;
      },
    };
  },
});
`;

/** A reward with a memory and chance: what it gives depends on all groups before and on its random stream. */
const rewardSource = `
import { defineReward } from '@turnwise/core';
import { z } from 'zod';

export default defineReward({
  id: 'moody',
  version: '1.0.0',
  options: z.strictObject({ broken: z.boolean().default(false), forgets: z.boolean().default(false) }),
  create(context, { broken, forgets }) {
    let seen = 0;
    return {
      shape: ({ trajectories }) =>
        trajectories.map(({ answer, turns }) => {
          const outcome = (answer === 'blue' ? 1 : 0) + 0.01 * ++seen + 0.001 * context.random.next();
          return { outcome, correct: answer === 'blue', turns: turns.map(() => outcome) };
        }),
      ...(forgets ? {} : { state: () => (broken ? { seen: NaN } : { seen }), restore: (state) => { seen = state.seen; } }),
    };
  },
});
`;

const config = `
seed: 3
data: { train: { file: q.jsonl }, eval: { file: q.jsonl } }
corpus: { file: corpus.jsonl }
policy: { use: ./number.ts }
reward: { use: ./moody.ts }
advantage: { use: grpo }
rollout: { questionsPerStep: 2, groupSize: 4, maxTurns: 2 }
training: { steps: 6, evalEvery: 2, checkpointEvery: 2 }
evaluation: { temperature: 1 }
`;

/** Writes into a folder what a run takes that shows whether everything came back: `run.yaml` and what it names. */
export function writeResumableRun(folder: string): void {
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('number.ts'), policySource(folder));
  writeFileSync(at('moody.ts'), rewardSource);
  writeFileSync(at('run.yaml'), config);
  writeFileSync(at('corpus.jsonl'), '{"id":"p1","title":"Sky","text":"The sky is blue."}\n');
  const question = (id: number): string => `{"id":"q${id}","text":"What colour is the sky?","answers":["blue"]}\n`;
  writeFileSync(at('q.jsonl'), [1, 2, 3, 4].map(question).join(''));
}
