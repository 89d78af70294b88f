import { describe, expect, it } from '@jest/globals';
import type { Passage, PluginContext, Trajectory } from '@turnwise/core';
import plugin, { cosine, stepSearchOptions, termVectors } from './index.js';

const corpus: Passage[] = [
  { id: 'film', title: 'Red River', text: 'Red River was directed by Anna Holm' },
  { id: 'person', title: 'Anna Holm', text: 'Anna Holm was born in Oslo' },
  { id: 'other', title: 'Blue Hills', text: 'Blue Hills is a village' },
];

function trajectory(
  searches: readonly (readonly string[])[],
  answer: string | null,
  extra: Partial<Trajectory> = {},
): Trajectory {
  const output = { text: '', tokenIds: [], logprobs: [] };
  const searched = searches.map((ids) => ({
    output,
    action: { kind: 'search' as const, query: 'x' },
    observation: { status: 'ok' as const, text: 'seen', hits: ids.map((id) => ({ id, score: 1 })) },
  }));
  const last = { output, action: { kind: 'answer' as const, text: answer ?? '' }, observation: null };
  return { id: 'q/0', turns: [...searched, last], answer, stopReason: 'answered', ...extra };
}

const question = {
  id: 'q',
  text: 'Where was the director of Red River born?',
  answers: ['Oslo'],
  supportingIds: ['film', 'person'],
};

async function shape(
  member: Trajectory,
  options: object = {},
  passages: readonly Passage[] = corpus,
  asked = question,
) {
  const warnings: string[] = [];
  const context = { corpus: passages, logger: { warn: (message: string) => warnings.push(message) } };
  const occasion = { signal: new AbortController().signal, step: null };
  const shaper = await plugin.create(context as unknown as PluginContext, stepSearchOptions.parse(options));
  const [rewards] = await shaper.shape({ question: asked, trajectories: [member] }, occasion);
  return { rewards, warnings };
}

describe('step-search', () => {
  it('pays each supporting passage once, and the answer in the last turn', async () => {
    const { rewards } = await shape(trajectory([['film'], ['person']], 'Oslo'), { redundancyWeight: 0 });
    const [first = NaN, second = NaN, last] = rewards?.turns ?? [];
    expect(first + second).toBeCloseTo(0.6, 9);
    expect(first).toBeGreaterThan(0.3);
    expect(last).toBe(1);
    expect(rewards).toMatchObject({ outcome: 1, correct: true, answered: true });
    expect(rewards?.reasons?.[0]).toMatch(/^gain 0\.\d{3}, redundancy 0\.000$/);
    expect(rewards?.reasons?.[2]).toBeNull();
  });

  it('takes passages that come back', async () => {
    const { rewards } = await shape(
      trajectory(
        [
          ['film', 'other'],
          ['film', 'other'],
        ],
        'Rome',
      ),
    );
    expect(rewards?.turns[1]).toBeCloseTo(-0.6, 9);
    expect(rewards?.correct).toBe(false);
    const { rewards: half } = await shape(trajectory([['other'], ['other', 'other2']], 'Rome'), {
      gainWeight: 0,
      scale: 1,
    });
    expect(half?.turns).toEqual([0, -0.5, 0]);
  });

  it('reads passages the corpus lacks as they were shown, and counts only results of searches', async () => {
    const found = trajectory([['film']], 'Rome');
    const [search, last] = found.turns as [(typeof found.turns)[number], (typeof found.turns)[number]];
    const seeing = (observation: object) =>
      shape({
        ...found,
        turns: [{ ...search, observation: { ...search.observation, ...observation } }, last],
      } as Trajectory);
    const whole = (await seeing({})).rewards?.turns[0] ?? NaN;
    const copy = { id: 'elsewhere', title: 'Red River', text: 'Red River was directed by Anna Holm', score: 1 };
    expect((await seeing({ hits: [copy] })).rewards?.turns[0]).toBeCloseTo(whole, 12);
    expect((await seeing({ hits: [{ ...copy, title: 'Other' }] })).rewards?.turns[0]).toBeLessThan(whole);
    expect((await seeing({ hits: [{ ...copy, text: undefined }] })).rewards?.turns[0]).toBeLessThan(whole);
    expect((await seeing({ status: 'error' })).rewards).toMatchObject({ turns: [0, 0], reasons: [null, null] });
  });

  it('gains nothing without supporting passages, and says when there is no corpus', async () => {
    const { rewards, warnings } = await shape(trajectory([['film']], 'Oslo'), {}, []);
    expect(rewards?.turns).toEqual([0, 1]);
    expect(warnings).toHaveLength(1);
    const { supportingIds: _ids, ...plain } = question;
    const { rewards: unknown } = await shape(trajectory([['film']], null), {}, corpus, plain as typeof question);
    expect(unknown?.turns).toEqual([0, 0]);
    expect((await shape(trajectory([['film']], 'Oslo'))).warnings).toEqual([]);
  });

  it('abstains when infrastructure ended the trajectory', async () => {
    const { rewards } = await shape(
      trajectory([['film']], null, { failure: { code: 'ROLLOUT_SEARCH', message: 'down' } }),
    );
    expect(rewards).toMatchObject({ outcome: null, correct: false, turns: [0, 0] });
  });
});

describe('termVectors', () => {
  it('weighs as scikit-learn does', () => {
    const vectors = termVectors(['red river', 'red hills']);
    const red = Math.log(3 / 3) + 1;
    const river = Math.log(3 / 2) + 1;
    const length = Math.hypot(red, river);
    expect(vectors.vector('river red').get('red')).toBeCloseTo(red / length, 12);
    expect(cosine(vectors.vector('red river'), vectors.vector('red river'))).toBeCloseTo(1, 12);
    expect(cosine(vectors.vector('red'), vectors.vector('hills'))).toBe(0);
    expect(cosine(vectors.vector(''), vectors.vector('red'))).toBe(0);
  });
});
