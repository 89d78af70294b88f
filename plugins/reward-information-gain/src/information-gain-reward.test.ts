import { describe, expect, it } from '@jest/globals';
import type { PluginContext, PolicyScorer, PolicyTokenizer, ScoreRequest, Trajectory } from '@turnwise/core';
import plugin from './index.js';
import { goldContexts } from './gold-contexts.js';
import { informationGainReward } from './information-gain-reward.js';
import { informationGainOptions } from './options.js';

/** One token a letter, but `> P` is one token: prefix and answer share a token that neither has alone. */
const joined = 1000;
const tokenizer: PolicyTokenizer = {
  encode: (text) =>
    text
      .split(/(> P)/)
      .flatMap((part) => (part === '> P' ? [joined] : [...part].map((letter) => letter.charCodeAt(0)))),
  decode: (tokens) => tokens.map((token) => String.fromCharCode(token)).join(''),
};
const encode = (text: string): number[] => [...tokenizer.encode(text)];

/** Every `!` read before makes each scored token e times as likely, up to certainty at five. */
const scorer: PolicyScorer = {
  tokenizer,
  score: (requests) =>
    Promise.resolve(
      requests.map(({ tokenIds, from }) => {
        if (tokenIds.length > 60) return null;
        const marks = Array.from(tokenIds)
          .slice(0, from)
          .filter((token) => token === 33).length;
        return Array.from({ length: tokenIds.length - from }, () => Math.min(0, marks - 5));
      }),
    ),
};

function trajectory(
  answer: string | null,
  observations: readonly (string | null)[],
  extra: Partial<Trajectory> = {},
): Trajectory {
  return {
    id: 'q/0',
    prompt: { text: 'Who?', tokenIds: encode('Who?') },
    turns: observations.map((text) => ({
      output: { text: 'a', tokenIds: encode('a'), logprobs: [-1] },
      action: { kind: 'search', query: 'a' },
      observation: text === null ? null : { status: 'ok', text, hits: [], tokenIds: encode(text) },
    })),
    answer,
    stopReason: answer === null ? 'turn-limit' : 'answered',
    ...extra,
  };
}

const question = { id: 'q', text: 'Who?', answers: ['Anna', 'Paul'] };
const shape = (trajectories: Trajectory[], options: object = {}, by = scorer) =>
  informationGainReward(
    { question, trajectories },
    informationGainOptions.parse(options),
    by,
    new AbortController().signal,
  );

describe('informationGainReward', () => {
  it('pays each turn for what the policy learned in it and the last for the answer', async () => {
    const [first, second] = await shape([trajectory('Anna', ['!!', 'nothing', '!', null]), trajectory('Bob', [null])]);
    expect(first).toMatchObject({ outcome: 1, correct: true, turns: [2, 0, 1, 1] });
    expect(first?.reasons?.[0]).toBe('2.000: gold log-probability -5.000 -> -3.000');
    expect(second).toMatchObject({ outcome: 0, correct: false, turns: [0] });
  });

  it('measures the probability itself on request', async () => {
    const [rewards] = await shape([trajectory('Anna', ['!!', null])], { measure: 'probability' });
    expect(rewards?.turns[0]).toBeCloseTo(Math.exp(-3) - Math.exp(-5), 12);
  });

  it('takes the most probable gold answer at each point on request', async () => {
    const asked: ScoreRequest[] = [];
    const recording: PolicyScorer = {
      tokenizer,
      score: (requests, signal) => (asked.push(...requests), scorer.score(requests, signal)),
    };
    await shape([trajectory('Anna', ['!', null])], {}, recording);
    expect(asked).toHaveLength(2);
    await shape([trajectory('Anna', ['!', null])], { aliases: 'best' }, recording);
    expect(asked).toHaveLength(6);
    const better: PolicyScorer = {
      tokenizer,
      // Paul is certain, Anna is not.
      score: (requests) =>
        Promise.resolve(requests.map(({ tokenIds }) => [Array.from(tokenIds).includes(joined) ? 0 : -3])),
    };
    const [rewards] = await shape([trajectory('Anna', ['!', null])], { aliases: 'best' }, better);
    expect(rewards?.reasons?.[0]).toContain('0.000 -> 0.000');
  });

  it('gains nothing where the gold answer does not fit, and goes on from what was known', async () => {
    const [rewards] = await shape([trajectory('Anna', ['!', `!${'x'.repeat(60)}`, null])]);
    expect(rewards?.turns).toEqual([1, 0, 1]);
    expect(rewards?.reasons?.[1]).toContain('does not fit');
  });

  it('pays the unanswered what it is told, and never calls them right', async () => {
    const [rewards] = await shape([trajectory(null, ['!', null])], { unansweredReward: -2 });
    expect(rewards).toMatchObject({ outcome: -2, correct: false, answered: false, turns: [1, -2] });
  });

  it('abstains where infrastructure failed and refuses what has no tokens', async () => {
    const failed = trajectory(null, ['!', null], { failure: { code: 'ROLLOUT_SEARCH', message: 'down' } });
    expect((await shape([failed, trajectory('Anna', [])]))[0]).toMatchObject({
      outcome: null,
      correct: false,
      turns: [0, 0],
    });
    const withoutTokens = (member: Trajectory): Trajectory[] => {
      const { prompt: _prompt, ...scripted } = member;
      return [scripted, { ...member, prompt: { text: 'Who?', tokenIds: [] } }];
    };
    for (const scripted of withoutTokens(trajectory('Anna', ['!', null]))) {
      await expect(shape([scripted])).rejects.toThrow('q/0 has no tokens');
    }
    // Nothing is measured where nothing can be gained.
    const asksNothing: PolicyScorer = {
      tokenizer,
      score: (requests) => (expect(requests).toEqual([]), Promise.resolve([])),
    };
    for (const member of [...withoutTokens(failed), ...withoutTokens(trajectory('Anna', [null])), failed]) {
      await shape([member], {}, asksNothing);
    }
  });

  const scoring = (...scores: readonly (readonly number[] | null)[]): PolicyScorer => ({
    tokenizer,
    score: () => Promise.resolve(scores.map((row) => row && Float64Array.from(row))),
  });

  it('gains nothing up to the first point that can be scored, whatever the measure', async () => {
    for (const unscored of [null, []]) {
      const [rewards] = await shape([trajectory('Anna', ['a', 'b', null])], {}, scoring(unscored, [-3], [-1, -2]));
      expect(rewards?.turns).toEqual([0, 1.5, 1]);
    }
    const [rewards] = await shape(
      [trajectory('Anna', ['a', null])],
      { measure: 'probability' },
      scoring(null, [Math.log(0.5)]),
    );
    expect(rewards?.turns).toEqual([0, 1]);
  });

  it.each([
    [[[-5], [-4]], [[-9], null], 1],
    [[[-9], null], [[-5], [-4]], 1],
    [[[-5], [-7]], [[-6], [-4]], 1],
    [[[-6], [-4]], [[-5], [-7]], 1],
  ])('takes the better of two gold answers, in either order: %j and %j', async (anna, paul, gain) => {
    const [rewards] = await shape([trajectory('Anna', ['a', null])], { aliases: 'best' }, scoring(...anna, ...paul));
    expect(rewards?.turns).toEqual([gain, 1]);
  });

  it('asks for a core with a scorer', async () => {
    const create = async (): Promise<unknown> => plugin.create({} as PluginContext, informationGainOptions.parse({}));
    await expect(create()).rejects.toMatchObject({ code: 'PLUGIN_CAPABILITY_MISSING' });
  });
});

describe('goldContexts', () => {
  it('scores the gold answer and nothing before it, after the prompt and after each turn but the last', () => {
    const requests = goldContexts(trajectory('x', ['one', 'two', null]), 'Anna', '<answer> ', tokenizer);
    const texts = requests.map(({ tokenIds, from }) => {
      const text = tokenizer.decode(Array.from(tokenIds));
      return [text.slice(0, from), text.slice(from)];
    });
    expect(texts).toEqual([
      ['Who?<answer> ', 'Anna'],
      ['Who?aone<answer> ', 'Anna'],
      ['Who?aoneatwo<answer> ', 'Anna'],
    ]);
  });

  it('goes on after a turn that read nothing', () => {
    const requests = goldContexts(trajectory('x', ['one', null, null]), 'Anna', '', tokenizer);
    expect(requests.map(({ tokenIds }) => tokenizer.decode(Array.from(tokenIds)))).toEqual([
      'Who?Anna',
      'Who?aoneAnna',
      'Who?aoneaAnna',
    ]);
  });

  it('scores one token at least, also of an answer that adds none to its prefix', () => {
    const [request] = goldContexts(trajectory('x', [null]), '', '<answer> ', tokenizer);
    const { tokenIds, from } = request as ScoreRequest;
    expect(Array.from(tokenIds).slice(from)).toEqual(encode(' '));
  });

  it('scores a token that joins prefix and answer: it is where the answer begins', () => {
    const [request] = goldContexts(trajectory('x', [null]), 'Paul', '<answer> ', tokenizer);
    const { tokenIds, from } = request as ScoreRequest;
    expect(Array.from(tokenIds).slice(from)).toEqual([joined, ...encode('aul')]);
  });
});
