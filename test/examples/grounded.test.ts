import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PluginContext, RewardShaper, Trajectory, TrajectoryGroup } from '@turnwise/core';
import grounded from '../../examples/reward-grounded/src/index.js';
import { options as schema } from '../../examples/reward-grounded/src/options.js';

/** The example with a language model as judge, against a real HTTP port that speaks the OpenAI protocol. */
interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly model: string;
}
let asked: Asked[] = [];
let replies: ({ status: number; content?: string } | 'drop')[] = [];
let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push(JSON.parse(body) as Asked);
      const reply = replies.shift() ?? { status: 200, content: 'yes' };
      if (reply === 'drop') return request.socket.destroy();
      response.writeHead(reply.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ choices: [{ message: { content: reply.content } }] }));
      return undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  asked = [];
  replies = [];
});

const trajectory = (text: string, answer: string | null): Trajectory => ({
  id: 'q/0',
  answer,
  stopReason: 'answered',
  turns: [
    {
      output: { text: '', tokenIds: [], logprobs: [] },
      action: { kind: 'search', query: 'x' },
      observation: { status: 'ok', text, hits: [] },
    },
  ],
});
const group = (...trajectories: Trajectory[]): TrajectoryGroup => ({
  question: { id: 'q', text: 'Which city?', answers: ['Paris'] },
  trajectories,
});
async function shaper(options: object = {}): Promise<RewardShaper> {
  return grounded.create({} as PluginContext, schema.parse(options));
}
const judged = () =>
  shaper({
    judge: { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, model: 'm', retries: 2 },
  });
const outcomes = async (reward: RewardShaper, of: TrajectoryGroup) =>
  (await reward.shape(of, { signal: new AbortController().signal, step: null })).map(({ outcome }) => outcome);

describe('without a judge', () => {
  it('pays a right answer in full when some search brought it', async () => {
    const of = group(trajectory('It is Paris.', 'Paris'), trajectory('?', 'Paris'), trajectory('It is Paris.', 'Rome'));
    expect(await outcomes(await shaper(), of)).toEqual([1, 0.5, 0]);
    expect(await outcomes(await shaper({ unsupported: 0 }), of)).toEqual([1, 0, 0]);
    expect(await outcomes(await shaper(), group(trajectory('x', null)))).toEqual([0]);
  });
});

describe('with a judge', () => {
  it('asks about right answers only, each claim once, and follows the verdict', async () => {
    replies = [
      { status: 200, content: 'No.' },
      { status: 200, content: ' yes' },
    ];
    const of = group(
      trajectory('A hint.', 'Paris'),
      trajectory('A hint.', 'Paris'),
      trajectory('Proof.', 'Paris'),
      trajectory('Proof.', 'Rome'),
    );
    expect(await outcomes(await judged(), of)).toEqual([0.5, 0.5, 1, 0]);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({ model: 'm' });
    expect(asked[0]?.messages[1]?.content).toBe('Question: Which city?\nAnswer: Paris\nEvidence:\nA hint.');
  });

  it('tries again after what may pass, and throws instead of guessing', async () => {
    replies = ['drop', { status: 503 }, { status: 200, content: 'yes' }];
    expect(await outcomes(await judged(), group(trajectory('a', 'Paris')))).toEqual([1]);
    replies = [{ status: 401 }];
    await expect(outcomes(await judged(), group(trajectory('b', 'Paris')))).rejects.toThrow('answered 401');
    replies = [{ status: 200, content: 'perhaps' }];
    await expect(outcomes(await judged(), group(trajectory('c', 'Paris')))).rejects.toThrow(
      'said neither yes nor no: "perhaps"',
    );
    expect(asked).toHaveLength(5);
  });
});
