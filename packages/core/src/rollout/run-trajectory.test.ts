import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Policy, SampleRequest, SearchTool } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { rolloutGroups } from './rollout-groups.js';
import { characters, scripted, found, search, protocol, options, questions, roll } from './scripted-rollout.fixture.js';

describe('rollout', () => {
  it('searches, reads what came back, and answers', async () => {
    const groups = await roll(
      scripted(({ turn, messages }) => {
        if (turn === 0) return '<search> a </search>';
        return `<answer> ${messages.at(-1)?.text.includes('one two') ? 'read' : 'blind'} </answer>`;
      }),
    );
    expect(groups.map((group) => group.question.id)).toEqual(['q1', 'q2', 'q3']);
    const trajectory = groups[1]?.trajectories[1];
    expect(trajectory).toMatchObject({ id: 'q2/1', answer: 'read', stopReason: 'answered' });
    expect(trajectory?.turns).toHaveLength(2);
    expect(trajectory?.turns[0]?.observation).toMatchObject({ status: 'ok', hits: [{ id: 'p' }] });
    expect(trajectory?.turns[0]?.observation?.text).toBe('\n<information> one two </information>\n');
    expect(trajectory?.turns[1]?.observation).toBeNull();
  });

  it('keeps the tokens of every part verbatim: the next prompt is prompt + output + observation', async () => {
    const seen: number[][] = [];
    const groups = await roll(
      scripted(({ turn, tokenIds }) => {
        if (turn > 0) seen.push([...tokenIds]);
        return turn === 0 ? '<search> a </search>' : '<answer> x </answer>';
      }),
      search,
      { groupSize: 1, concurrency: 1 },
    );
    const { prompt, turns } = groups[0]?.trajectories[0] ?? { turns: [] };
    const first = turns[0];
    expect(seen[0]).toEqual([
      ...(prompt?.tokenIds ?? []),
      ...(first?.output.tokenIds ?? []),
      ...(first?.observation?.tokenIds ?? []),
    ]);
  });

  it('does not search on the last permitted turn', async () => {
    let searches = 0;
    const counting: SearchTool = {
      search: (queries) => {
        searches += queries.length;
        return Promise.resolve(queries.map(() => found));
      },
    };
    const groups = await roll(
      scripted(() => '<search> again </search>'),
      counting,
      { groupSize: 1 },
    );
    expect(groups[0]?.trajectories[0]).toMatchObject({ answer: null, stopReason: 'turn-limit' });
    expect(groups[0]?.trajectories[0]?.turns).toHaveLength(3);
    expect(searches).toBe(2 * questions.length);
  });

  it('corrects an invalid action and goes on', async () => {
    const groups = await roll(scripted(({ turn }) => (turn === 0 ? 'hm' : '<answer> x </answer>')));
    const turn = groups[0]?.trajectories[0]?.turns[0];
    expect(turn?.action).toEqual({ kind: 'invalid', reason: 'no-action' });
    expect(turn?.observation?.status).toBe('invalid');
  });

  it('ends at the token limit when an output is cut before it asks for anything', async () => {
    const groups = await roll(
      scripted(() => 'a very long thought'),
      search,
      { maxTokensPerTurn: 5 },
    );
    expect(groups[0]?.trajectories[0]).toMatchObject({ answer: null, stopReason: 'token-limit' });
  });

  it('ends at the context limit, and an observation that was never read is not recorded', async () => {
    const groups = await roll(scripted(() => '<search> a </search>', 60));
    const trajectory = groups[0]?.trajectories[0];
    expect(trajectory?.stopReason).toBe('context-limit');
    expect(trajectory?.turns[0]?.observation).toBeNull();
  });

  it('leaves out passages, last first, until the observation fits', async () => {
    const many: SearchTool = {
      search: (queries) =>
        Promise.resolve(
          queries.map(() => ({
            status: 'ok' as const,
            hits: [1, 2, 3].map((n) => ({ id: `p${n}`, title: '', text: `text ${n}`, score: 1 })),
          })),
        ),
    };
    const groups = await roll(
      scripted(({ turn }) => (turn === 0 ? '<search> a </search>' : '<answer> x </answer>')),
      many,
      { maxObservationTokens: 50 },
    );
    const observation = groups[0]?.trajectories[0]?.turns[0]?.observation;
    expect(observation?.hits.map(({ id }) => id)).toEqual(['p1', 'p2']);
    expect(observation?.text).toMatch(/<\/information>\n$/);
  });

  it('records a failed search on its own trajectory and lets the others be', async () => {
    let calls = 0;
    const flaky: SearchTool = {
      search: (queries) => {
        if (calls++ === 0) throw new Error('ECONNREFUSED');
        return Promise.resolve(queries.map(() => found));
      },
    };
    const groups = await roll(
      scripted(({ turn }) => (turn === 0 ? '<search> a </search>' : '<answer> x </answer>')),
      flaky,
    );
    const failed = groups.flatMap((group) => group.trajectories).filter((trajectory) => trajectory.failure);
    expect(failed).toHaveLength(1);
    expect(failed[0]?.failure).toMatchObject({
      code: 'ROLLOUT_SEARCH',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expect(failed[0]?.turns[0]?.observation?.text).not.toContain('ECONNREFUSED');
  });

  it('records a failed policy on its own trajectory', async () => {
    let calls = 0;
    const groups = await roll(
      scripted(() => {
        if (calls++ === 0) throw new Error('out of memory');
        return '<answer> x </answer>';
      }),
    );
    const stops = groups.flatMap((group) => group.trajectories.map((trajectory) => trajectory.stopReason));
    expect(stops.filter((stop) => stop === 'policy-failed')).toHaveLength(1);
    expect(stops.filter((stop) => stop === 'answered')).toHaveLength(5);
  });

  it('gives every turn its own seed, the same again for the same run', async () => {
    const seedsOf = async (): Promise<string[]> => {
      const seeds: string[] = [];
      await roll(
        scripted(({ seed, trajectoryId, turn }) => {
          seeds.push(`${trajectoryId} ${turn} ${seed}`);
          return turn === 0 ? '<search> a </search>' : '<answer> x </answer>';
        }),
      );
      return seeds.sort();
    };
    const seeds = await seedsOf();
    expect(new Set(seeds.map((line) => line.split(' ')[2])).size).toBe(12);
    expect(await seedsOf()).toEqual(seeds);
  });

  it('excludes a trajectory that takes too long', async () => {
    const slow: SearchTool = {
      search: (_queries, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    };
    const groups = await roll(
      scripted(() => '<search> a </search>'),
      slow,
      { timeoutSeconds: 0.05, groupSize: 1 },
    );
    expect(groups[0]?.trajectories[0]).toMatchObject({ stopReason: 'aborted', failure: { code: 'ROLLOUT_TIMEOUT' } });
  });

  it('stops at once when the run is aborted', async () => {
    const controller = new AbortController();
    const request = { questions, runSeed: 1, purpose: 'train' as const, step: 1, options, signal: controller.signal };
    const policy = scripted(() => {
      controller.abort(new Error('stop'));
      return '<search> a </search>';
    });
    await expect(rolloutGroups({ policy, protocol, search }, request)).rejects.toThrow('stop');
  });

  it.each(['CONTRACT_SAMPLE_INVALID', 'RUN_SERVER_STATE_LOST', 'RUN_NOT_TRAINABLE'] as const)(
    '%s of the policy ends the rollout as it is: nothing more is asked, and what was under way has ended',
    async (code) => {
      let [asked, underWay] = [0, 0];
      const policy: Policy = {
        ...scripted(() => ''),
        sample: async (_request, signal) => {
          const index = asked++;
          if (index === 1) throw new TurnwiseError(code, 'no good', { hint: 'Mend it.' });
          underWay++;
          await wait(60_000, undefined, { signal }).finally(() => underWay--);
          throw new Error('never');
        },
      };
      await expect(roll(policy)).rejects.toMatchObject({ code, hint: 'Mend it.' });
      expect(asked).toBeLessThanOrEqual(options.concurrency);
      expect(underWay).toBe(0);
    },
  );

  it.each([
    ['a missing log-probability', [-1], /2 tokens but 1 log-probabilities/],
    ['a positive log-probability', [-1, 0.5], /log-probability 0.5/],
    ['a log-probability that is no number', [-1, NaN], /log-probability NaN/],
  ])('refuses %s', async (_name, logprobs, message) => {
    const policy = scripted(() => 'x');
    const broken = {
      ...policy,
      sample: async () => Promise.resolve({ text: 'ab', tokenIds: [1, 2], logprobs, finish: 'stop' as const }),
    };
    await expect(roll(broken)).rejects.toThrow(message);
  });
});

describe('a chat model', () => {
  /** A turn of the model ends with `#`; an observation comes back as a turn of the user. */
  const chat: Policy['chat'] = {
    open: (prompt) => `[user]${prompt}[model]`,
    reply: (observation, { text }) => `${text.endsWith('#') ? '' : '#'}[user]${observation.trim()}[model]`,
  };
  const outputs = ['<search> a </search>', 'hm#', '<answer> b </answer>'];
  const write = ({ turn }: SampleRequest): string => outputs[turn] ?? '';

  it('reads prompt and observations in its own form, and what it wrote to the token', async () => {
    const requests: SampleRequest[] = [];
    const policy = scripted((request) => {
      requests.push(request);
      return write(request);
    });
    const groups = await roll({ ...policy, chat }, search, { groupSize: 1 });
    const pieces = [
      '[user]Question: Question 1?\n[model]',
      '<search> a </search>',
      '#[user]<information> one two </information>[model]',
      'hm#',
      '[user]The last step held neither a search nor an answer. Write <search> query </search> to search or <answer> text </answer> to answer.[model]',
    ];
    const own = requests.filter(({ trajectoryId }) => trajectoryId.endsWith('q1/0'));
    expect(own.map(({ tokenIds }) => characters.decode(tokenIds))).toEqual(
      [1, 3, 5].map((count) => pieces.slice(0, count).join('')),
    );
    expect(own.at(-1)?.messages.map(({ text }) => text)).toEqual(pieces);
    const { prompt, turns } = groups[0]?.trajectories[0] ?? {};
    expect(prompt?.text).toBe(pieces[0]);
    // The record shows what the search brought; its tokens are what the model read.
    expect(turns?.[0]?.observation?.text).toBe('\n<information> one two </information>\n');
    expect(characters.decode(turns?.[0]?.observation?.tokenIds ?? [])).toBe(pieces[2]);
  });

  it('has no room for an observation that fits only without what is written around it', async () => {
    const length = '[user]Question: Question 1?\n[model]<search> a </search>\n<information> one two </information>\n'
      .length;
    const groups = await roll({ ...scripted(write, length + 4), chat }, search, { groupSize: 1 });
    expect(groups[0]?.trajectories[0]).toMatchObject({ stopReason: 'context-limit', turns: [{ observation: null }] });
    const plain = await roll(scripted(write, length + 4), search, { groupSize: 1 });
    expect(plain[0]?.trajectories[0]?.turns[0]?.observation).not.toBeNull();
  });
});
