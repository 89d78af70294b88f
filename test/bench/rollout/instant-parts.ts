import { setTimeout as pause } from 'node:timers/promises';
import { createSearchLayer, createSearchR1Protocol, searchR1Protocol } from '@turnwise/core';
import type { Policy, Question, RolloutParts, Sample, SearchOutcome, SearchTool } from '@turnwise/core';

/** Turns of every trajectory: it searches, reads, and answers in the last one. */
export const turnsPerTrajectory = 4;

const tokens = Array.from({ length: 16 }, (_, index) => index);
const logprobs = tokens.map(() => -0.5);
const observationTokens = Array.from({ length: 60 }, (_, index) => index);
const hits = [1, 2, 3].map((id) => ({
  id: `p${id}`,
  title: `Title ${id}`,
  text: 'A passage of some words.',
  score: 3 - id,
}));
const found: SearchOutcome = { status: 'ok', hits };

/** A policy that costs nothing but, if asked, time: every reply is there already. */
function instantPolicy(latencyMilliseconds: number): Policy {
  const reply = (trajectoryId: string, turn: number): Sample => ({
    text:
      turn < turnsPerTrajectory - 1
        ? `<think> I need to know. </think> <search> ${trajectoryId} ${turn} </search>`
        : '<answer> forty-two </answer>',
    tokenIds: tokens,
    logprobs,
    finish: 'stop',
  });
  const unused = (): Promise<never> => Promise.reject(new Error('not part of a rollout'));
  return {
    capabilities: { trainable: false, objectives: [], logprobs: true, maxContext: 100_000 },
    tokenizer: { encode: () => observationTokens, decode: () => '' },
    sample: async ({ trajectoryId, turn }) => {
      if (latencyMilliseconds > 0) await pause(latencyMilliseconds);
      return reply(trajectoryId, turn);
    },
    forwardBackward: unused,
    optimStep: unused,
    save: unused,
    load: unused,
  };
}

const instantSearch: SearchTool = { search: (queries) => Promise.resolve(queries.map(() => found)) };

/** The parts of a run as the composition root makes them, around a policy and a search tool that cost nothing. */
export async function instantParts(latencyMilliseconds: number): Promise<RolloutParts> {
  const { options } = searchR1Protocol;
  const defaults = await options['~standard'].validate({});
  if (defaults.issues) throw new Error('the protocol has no defaults');
  return {
    policy: instantPolicy(latencyMilliseconds),
    search: await createSearchLayer(instantSearch),
    protocol: createSearchR1Protocol(defaults.value),
  };
}

export function questions(count: number): Question[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `q${index}`,
    text: `Who wrote the opera number ${index}?`,
    answers: ['forty-two'],
  }));
}
