import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ConversationMessage, SampleRequest } from '@turnwise/core';
import { ScriptedPolicy } from './scripted-policy.js';

const signal = new AbortController().signal;

function request(messages: readonly ConversationMessage[], maySearch = true): SampleRequest {
  return {
    trajectoryId: 't',
    messages,
    tokenIds: [],
    seed: 1,
    temperature: 1,
    topP: 1,
    maxTokens: 32,
    stop: ['</search>', '</answer>'],
    turn: 0,
    maySearch,
  };
}

/** Lets the policy run against a table of observations, the way a rollout would. */
async function turns(policy: ScriptedPolicy, question: string, observations: readonly string[]): Promise<string[]> {
  const messages: ConversationMessage[] = [
    { role: 'prompt', text: `Answer the question below. Question: ${question}\n` },
  ];
  const outputs: string[] = [];
  for (const observation of [...observations, '']) {
    const { text } = await policy.sample(request(messages, observation !== ''), signal);
    outputs.push(text);
    if (text.includes('<answer>')) break;
    messages.push(
      { role: 'policy', text },
      { role: 'observation', text: `\n<information> ${observation} </information>\n` },
    );
  }
  return outputs;
}

describe('ScriptedPolicy', () => {
  it('follows the director and answers with the place from his passage', async () => {
    const outputs = await turns(new ScriptedPolicy(2), 'Where was the director of film Timber Falls born?', [
      'Doc 1(Title: Timber Falls) Timber Falls is a 2007 American horror film directed by Tony Giglio.\nDoc 2(Title: Falls (disambiguation)) Falls may refer to places.',
      'Doc 1(Title: Tony Giglio) Tony Giglio (born 1971 in Medford, Massachusetts) is an American screenwriter.',
    ]);
    expect(outputs).toEqual([
      '<search> Where was the director of film Timber Falls born? </search>',
      '<search> Tony Giglio </search>',
      '<answer> Medford, Massachusetts </answer>',
    ]);
  });

  it('searches a compared thing it has not read about, then compares years', async () => {
    const outputs = await turns(
      new ScriptedPolicy(2),
      'Which film was released earlier, Alkohol or Night Of Dark Shadows?',
      [
        'Doc 1(Title: Alkohol) Alkohol is a 1919 German film.',
        'Doc 1(Title: Night of Dark Shadows) Night of Dark Shadows is a 1971 horror film.',
      ],
    );
    expect(outputs.slice(1)).toEqual(['<search> Night Of Dark Shadows </search>', '<answer> Alkohol </answer>']);
  });

  it('answers whether two things share a country', async () => {
    const passages = (one: string, other: string): string =>
      `Doc 1(Title: Alpha) Alpha is a ${one} film.\nDoc 2(Title: Beta (1937 film)) Beta is a ${other} film.`;
    const question = 'Are the movies Alpha and Beta (1937 film) from the same country?';
    const policy = new ScriptedPolicy(1);
    expect((await turns(policy, question, [passages('French', 'French')])).at(-1)).toBe('<answer> yes </answer>');
    expect((await turns(policy, question, [passages('French', 'Polish')])).at(-1)).toBe('<answer> no </answer>');
  });

  it('answers at once when it may not search or has no searches', async () => {
    const messages: ConversationMessage[] = [{ role: 'prompt', text: 'Question: Who wrote Emma?\n' }];
    expect((await new ScriptedPolicy(2).sample(request(messages, false), signal)).text).toMatch(
      /^<answer> .+ <\/answer>$/,
    );
    expect((await new ScriptedPolicy(0).sample(request(messages), signal)).text).toMatch(/^<answer>/);
  });

  it('cannot be trained and says so', async () => {
    const policy = new ScriptedPolicy(2);
    expect(policy.capabilities).toEqual({ trainable: false, objectives: [], logprobs: false, maxContext: null });
    await expect(policy.forwardBackward()).rejects.toMatchObject({ code: 'RUN_NOT_TRAINABLE' });
    await expect(policy.optimStep()).rejects.toMatchObject({ code: 'RUN_NOT_TRAINABLE' });
  });

  it('writes one complete action for any conversation, the same one each time, whatever the seed', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom(
        'Doc 1(Title: A (b) C) Alice (born 1950) was directed by Bob Lee in Rome.',
        '<search> x </search>',
        'Doc 1(Title: ((',
        'Question:',
      ),
    );
    const message = fc.record({
      role: fc.constantFrom('prompt' as const, 'policy' as const, 'observation' as const),
      text,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { maxLength: 6 }),
        fc.boolean(),
        fc.nat(),
        async (messages, maySearch, seed) => {
          const asked = request(messages, maySearch);
          const first = await new ScriptedPolicy(2).sample(asked, signal);
          expect(first.text).toMatch(/^<(search|answer)> [^<>]*\S[^<>]* <\/\1>$/);
          expect(first).toEqual(await new ScriptedPolicy(2).sample({ ...asked, seed, temperature: 0 }, signal));
          if (!maySearch) expect(first.text).toMatch(/^<answer>/);
        },
      ),
      { numRuns: 200 },
    );
  });
});
