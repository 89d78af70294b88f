import { randomStream } from '@turnwise/core';
import type { ToyModel } from './toy-model.js';

/** What a sampling request asks for, in the words of the wire. */
export interface SamplingParameters {
  readonly max_tokens: number;
  readonly temperature?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
}

/** Samples one sequence; log-probabilities are those at temperature 1, whatever the temperature. */
export function sampleSequence(
  model: ToyModel,
  prompt: readonly number[],
  { max_tokens: most, temperature = 1, seed = 0, stop = [] }: SamplingParameters,
  decode: (tokens: readonly number[]) => string,
): { tokens: number[]; logprobs: number[]; stop_reason: 'stop' | 'length' } {
  const random = randomStream(seed, 'toy');
  const tokens: number[] = [];
  const logprobs: number[] = [];
  let previous = prompt.at(-1) ?? 0;
  while (tokens.length < most) {
    const table = model.logprobs(previous);
    previous = draw(table, temperature, random.next());
    tokens.push(previous);
    logprobs.push(table[previous] ?? Number.NaN);
    const text = decode(tokens);
    if (stop.some((end) => text.includes(end))) return { tokens, logprobs, stop_reason: 'stop' };
  }
  return { tokens, logprobs, stop_reason: 'length' };
}

function draw(logprobs: Float64Array, temperature: number, point: number): number {
  if (temperature === 0) return logprobs.indexOf(Math.max(...logprobs));
  const highest = Math.max(...logprobs);
  const chances = logprobs.map((value) => Math.exp((value - highest) / temperature));
  let left = point * chances.reduce((sum, chance) => sum + chance, 0);
  for (let token = 0; token < chances.length; token++) {
    left -= chances[token] ?? 0;
    if (left < 0) return token;
  }
  return chances.length - 1;
}
