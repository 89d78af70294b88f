import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definePolicy } from '@turnwise/core';
import { z } from 'zod';

/** One token a word: enough to be measured and cut, and free. */
const tokenizer = {
  encode: (text: string) => text.split(' ').map((_, index) => index),
  decode: (tokens: readonly number[]) => tokens.map(() => 'word').join(' '),
};

/** A policy that costs nothing: it searches for something new each time and is right now and then. */
export default definePolicy({
  id: 'cheap',
  version: '1.0.0',
  options: z.strictObject({}),
  provides: ['policy.trainable', 'policy.tokenizer', 'trajectory.logprobs'],
  create: () => {
    let updates = 0;
    return {
      capabilities: { trainable: true, objectives: ['ppo-clip'], logprobs: true, maxContext: null },
      tokenizer,
      sample: ({ turn, seed, maySearch, messages }) => {
        const question = messages[0]?.text ?? '';
        const words = question.split(/\W+/);
        // Ever new searches out of few words: what remembers words is soon full.
        const query = `${words[seed % words.length] ?? ''} ${seed % 499} ${seed % 503}`;
        const text =
          maySearch && turn < 2 ? `<search> ${query} </search>` : `<answer> ${words[seed % 7] ?? 'none'} </answer>`;
        const tokenIds = tokenizer.encode(text);
        return Promise.resolve({ text, tokenIds, logprobs: tokenIds.map(() => -1), finish: 'stop' });
      },
      forwardBackward: () => Promise.resolve({ loss: 0.5, kl: 0, clipFraction: 0, entropy: 1, tokens: 1 }),
      optimStep: () => Promise.resolve({ gradientNorm: ++updates % 7 }),
      save: (folder) => {
        writeFileSync(join(folder, 'cheap.json'), JSON.stringify({ updates }));
        return Promise.resolve();
      },
      load: (folder) => {
        ({ updates } = JSON.parse(readFileSync(join(folder, 'cheap.json'), 'utf8')) as { updates: number });
        return Promise.resolve();
      },
    };
  },
});
