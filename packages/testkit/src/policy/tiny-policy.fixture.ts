import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream, type Policy, type SampleRequest, type ScoreRequest } from '@turnwise/core';

/** Letters a to d and the end mark: token 4. */
const marks = ['a', 'b', 'c', 'd', '</answer>'];

/** A policy of five weights, one a token whatever came before: small enough to be broken in every way. */
export function tinyPolicy(): Policy {
  let weights = [0.2, 0.1, 0, -0.1, 0.3];
  let gradient = [0, 0, 0, 0, 0];
  const probabilities = (): number[] => {
    const powers = weights.map(Math.exp);
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  };
  const logprob = (token: number): number => Math.log(probabilities()[token] ?? NaN);
  const draw = ({ temperature }: SampleRequest, uniform: () => number): number => {
    const odds = probabilities();
    if (temperature === 0) return odds.indexOf(Math.max(...odds));
    let rest = uniform();
    const found = odds.findIndex((probability) => (rest -= probability) <= 0);
    return found < 0 ? odds.length - 1 : found;
  };
  return {
    capabilities: { trainable: true, objectives: ['importance-sampling'], logprobs: true, maxContext: null },
    tokenizer: {
      encode: (text) => Array.from(text, (letter) => letter.charCodeAt(0)),
      decode: (tokenIds) => String.fromCharCode(...tokenIds),
    },
    sample: (request) => {
      const random = randomStream(request.seed, 'tiny');
      const tokenIds: number[] = [];
      while (tokenIds.length < request.maxTokens && !(tokenIds.at(-1) === 4 && request.stop.includes('</answer>'))) {
        tokenIds.push(draw(request, () => random.next()));
      }
      const text = tokenIds.map((token) => marks[token] ?? '').join('');
      const finish = tokenIds.at(-1) === 4 ? 'stop' : 'length';
      return Promise.resolve({ text, tokenIds, logprobs: tokenIds.map(logprob), finish });
    },
    score: (requests: readonly ScoreRequest[]) =>
      Promise.resolve(requests.map(({ tokenIds, from }) => Array.from(tokenIds).slice(from).map(logprob))),
    release: () => undefined,
    forwardBackward: ({ sequences }) => {
      let loss = 0;
      let tokens = 0;
      for (const { spans } of sequences) {
        for (const span of spans) {
          if (span.owner !== 'policy') continue;
          tokens += span.tokenIds.length;
          for (let index = 0; index < span.tokenIds.length; index++) {
            const token = span.tokenIds[index] ?? 0;
            const ratio = Math.exp(logprob(token) - (span.logprobs[index] ?? 0));
            loss -= ratio * span.advantage;
            const odds = probabilities();
            gradient = gradient.map(
              (value, other) => value - ratio * span.advantage * ((other === token ? 1 : 0) - (odds[other] ?? 0)),
            );
          }
        }
      }
      return Promise.resolve({ loss: loss / tokens, kl: 0, clipFraction: 0, entropy: 1, tokens });
    },
    optimStep: ({ learningRate }) => {
      const norm = Math.hypot(...gradient);
      weights = weights.map((weight, token) => weight - learningRate * (gradient[token] ?? 0));
      gradient = gradient.map(() => 0);
      return Promise.resolve({ gradientNorm: norm });
    },
    save: (folder) => writeFile(join(folder, 'weights.json'), JSON.stringify(weights)),
    load: async (folder) => {
      weights = JSON.parse(await readFile(join(folder, 'weights.json'), 'utf8')) as number[];
    },
  };
}
