import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  createFaultProxy,
  type FaultProxy,
  type WireFault,
} from '../../plugins/policy-tinker/src/testing/fault-proxy.js';
import { realServer } from '../../plugins/policy-tinker/src/testing/real-server.js';
import { createTinkerServer, type TinkerServer } from '../../plugins/policy-tinker/src/testing/tinker-server.js';
import { tokenizerJson, words } from '../bench/one-config/tiny-model.js';
import { corpusRows, folderWith, questionRows, turnwise } from './command-line.js';

/** Each test starts several processes; on a busy machine that takes a while, and a real server compiles first. */
jest.setTimeout(900_000);

let server: TinkerServer | null = null;
let proxy: FaultProxy | null = null;
afterEach(async () => {
  await proxy?.close();
  await server?.close();
  [proxy, server] = [null, null];
});

interface Where {
  readonly url: string;
  readonly server: string;
  readonly baseModel: string;
  readonly rank: number;
  readonly learningRate: number;
}

async function inMemory(): Promise<Where> {
  server = await createTinkerServer({
    vocabulary: words.length,
    initialLogits: () => 0,
    decode: (tokens) => tokens.map((token) => words[token]).join(' '),
  });
  return { url: server.url, server: 'hosted', baseModel: 'toy', rank: 32, learningRate: 0.3 };
}

const targets: [string, () => Promise<Where>][] = [['a server in this process', inMemory]];
const real = await realServer();
if (real !== null) {
  const { server: name = 'skyrl-jax', baseModel = '', rank = 8 } = real.options;
  const where = { url: real.url, server: name, baseModel, rank, learningRate: 0.01 };
  targets.push([`the real server ${real.url}`, () => Promise.resolve(where)]);
}

/** One question, whose answer the model gives one time in four before it has learned anything. */
function runFolder(strategy: string, where: Where, url = where.url): Promise<string> {
  const { server: name, baseModel, rank, learningRate } = where;
  return folderWith({
    'run.yaml': `seed: 3
data: { train: { file: questions.jsonl }, eval: { file: questions.jsonl } }
corpus: { file: corpus.jsonl }
policy: { use: tinker, with: { url: "${url}", server: ${name}, baseModel: "${baseModel}", rank: ${rank}, tokenizer: ., maxContext: 400, retryMilliseconds: 1 } }
strategy: ${strategy}
rollout: { questionsPerStep: 1, groupSize: 16, maxTurns: 3, maxTokensPerTurn: 1 }
objective: { kind: importance-sampling }
training: { steps: 12, learningRate: ${learningRate}, maxGradientNorm: null, evalEvery: 0, checkpointEvery: 6 }
`,
    'tokenizer.json': tokenizerJson,
    'corpus.jsonl': corpusRows,
    'questions.jsonl': questionRows.slice(0, 1),
  });
}

async function rewards(run: string): Promise<number[]> {
  const lines = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  return lines.slice(1).map((line) => (JSON.parse(line) as Record<string, number>)['reward/outcome-mean'] ?? NaN);
}

it('a server of another kind than `server` says is told apart before training, by name', async () => {
  const folder = await runFolder('grpo', { ...(await inMemory()), server: 'skyrl-jax' });
  const trained = await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'one'], folder);
  expect(trained.stderr).toContain('RUN_NOT_TRAINABLE');
  expect(trained.stderr).toContain('Set server to one that takes the sum: hosted or skyrl-ray.');
  expect(trained.code).not.toBe(0);
});

describe.each(targets)('policy tinker on %s', (_name, open) => {
  it.each(['grpo', 'tspo'])('the reward rises through the wire, with %s as here', async (strategy) => {
    const folder = await runFolder(strategy, await open());
    const trained = await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'one', '--json'], folder);
    expect(trained.stderr).not.toMatch(/error/i);
    expect(trained.code).toBe(0);
    expect(JSON.parse(trained.stdout)).toMatchObject({ before: { exactMatch: 0 }, after: { exactMatch: 1 } });
    const curve = await rewards(join(folder, 'one'));
    expect(curve[0]).toBeLessThan(0.7);
    expect(curve.at(-1)).toBeGreaterThan(0.9);
  });

  it('goes on from a checkpoint, evaluates it, and storms on the wire change no number', async () => {
    const where = await open();
    const calm = await runFolder('grpo', where);
    const args = ['train', '-c', 'run.yaml', '--run-dir', 'one'];
    expect((await turnwise(args, calm)).code).toBe(0);
    const expected = await rewards(join(calm, 'one'));

    // Every seventh request meets one fault or another.
    const faults: WireFault[] = ['too-many', 'lost-reply', 'unavailable', 'twice', 'lost-request', 'cut', 'restart'];
    const fault = (path: string, count: number): WireFault =>
      path === '/session_heartbeat' || count % 7 !== 3 ? null : (faults[((count - 3) / 7) % faults.length] ?? null);
    proxy = await createFaultProxy(where.url, fault);
    const folder = await runFolder('grpo', where, proxy.url);
    const half = await turnwise([...args, '--set', 'training.steps=6'], folder);
    expect(half.stderr).not.toMatch(/error/i);
    expect(half.code).toBe(0);
    const resumed = await turnwise([...args, '--resume'], folder);
    expect(resumed.stderr).not.toMatch(/error/i);
    expect(resumed.code).toBe(0);
    expect(await rewards(join(folder, 'one'))).toEqual(expected);

    const checkpoint = join(folder, 'one/checkpoints/step-000012');
    const evaluated = await turnwise(['eval', '-c', 'run.yaml', '--checkpoint', checkpoint, '--json'], folder);
    expect(evaluated.code).toBe(0);
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ exactMatch: 1 });
  });
});
