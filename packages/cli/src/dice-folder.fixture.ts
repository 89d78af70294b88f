import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { characterTokenizer } from './character-tokenizer.fixture.js';

/** A policy in one file, as a user would write it: one token a character, right or wrong by the seed. */
const policySource = `
import { readFileSync, writeFileSync } from 'node:fs';
import { definePolicy } from '@turnwise/core';
import { z } from 'zod';
${characterTokenizer}
export default definePolicy({
  id: 'dice',
  version: '1.0.0',
  options: z.strictObject({ failAt: z.number().default(1e9), pause: z.number().default(0) }),
  provides: ['policy.trainable', 'policy.tokenizer', 'trajectory.logprobs'],
  create(context, { failAt, pause }) {
    let updates = 0;
    return {
      capabilities: { trainable: true, objectives: ['ppo-clip'], logprobs: true, maxContext: null },
      tokenizer,
      async sample({ turn, seed }) {
        if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
        const text = turn === 0 ? '<search> sky </search>' : '<answer> ' + (seed % 2 ? 'blue' : 'red') + ' </answer>';
        const tokenIds = tokenizer.encode(text);
        return { text, tokenIds, logprobs: tokenIds.map(() => -1), finish: 'stop' };
      },
      async forwardBackward(batch) {
        context.metrics.record('sequences', batch.sequences.length);
        return { loss: updates + 1 >= failAt ? NaN : 0.5, kl: 0, clipFraction: 0, entropy: 1, tokens: 1 };
      },
      async optimStep() {
        updates += 1;
        return { gradientNorm: updates };
      },
      async save(place: string) {
        writeFileSync(place + '/dice.json', JSON.stringify({ updates }));
      },
      async load(place: string) {
        updates = JSON.parse(readFileSync(place + '/dice.json', 'utf8')).updates;
      },
    };
  },
});
`;

const config = `
seed: 3
data: { train: { file: q.jsonl }, eval: { file: q.jsonl } }
corpus: { file: corpus.jsonl }
policy: { use: ./dice.ts }
search: { use: lunr, with: { topK: 2 } }
strategy: tspo
rollout: { questionsPerStep: 2, groupSize: 4, maxTurns: 2 }
training: { steps: 3, evalEvery: 0, checkpointEvery: 2 }
evaluation: { temperature: 1 }
`;

/** Writes `run.yaml` and what it names: the policy, a corpus of two passages and four questions. */
export function writeDiceFolder(folder: string): void {
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write('dice.ts', policySource);
  write('run.yaml', config);
  write(
    'corpus.jsonl',
    '{"id":"p1","title":"Sky","text":"The sky is blue."}\n{"id":"p2","title":"Sea","text":"Wet."}\n',
  );
  const question = (id: number): string => `{"id":"q${id}","text":"What colour is the sky?","answers":["blue"]}\n`;
  write('q.jsonl', [1, 2, 3, 4].map(question).join(''));
}
