import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  createTinkerServer,
  type TinkerServer,
  type WireFault,
} from '../../plugins/policy-tinker/src/testing/tinker-server.js';
import { corpusRows, folderWith, questionRows, turnwise } from './command-line.js';

/** Each test starts several processes; on a busy machine that takes a while. */
jest.setTimeout(300_000);

/** A vocabulary of whole actions: whatever else is read is one unknown word. */
const words = ['[unk]', '<answer>Tinvek</answer>', '<answer>Dormun</answer>', '<search>Velkar</search>'];
const tokenizer = JSON.stringify({
  version: '1.0',
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'WhitespaceSplit' },
  post_processor: null,
  decoder: null,
  model: { type: 'WordLevel', vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: '[unk]' },
});

let server: TinkerServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

/** One question, whose answer the model gives one time in four before it has learned anything. */
async function startRun(strategy: string, fault?: (path: string, count: number) => WireFault) {
  server = await createTinkerServer({
    vocabulary: words.length,
    initialLogits: () => 0,
    decode: (tokens) => tokens.map((token) => words[token]).join(' '),
    ...(fault ? { fault } : {}),
  });
  return folderWith({
    'run.yaml': `seed: 3
data: { train: { file: questions.jsonl }, eval: { file: questions.jsonl } }
corpus: { file: corpus.jsonl }
policy: { use: tinker, with: { url: "${server.url}", server: hosted, baseModel: toy, tokenizer: ., maxContext: 400, retryMilliseconds: 1 } }
strategy: ${strategy}
rollout: { questionsPerStep: 1, groupSize: 16, maxTurns: 3, maxTokensPerTurn: 4 }
objective: { kind: importance-sampling }
training: { steps: 12, learningRate: 0.3, maxGradientNorm: null, evalEvery: 0, checkpointEvery: 6 }
`,
    'tokenizer.json': tokenizer,
    'corpus.jsonl': corpusRows,
    'questions.jsonl': questionRows.slice(0, 1),
  });
}

async function rewards(run: string): Promise<number[]> {
  const lines = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  return lines.slice(1).map((line) => (JSON.parse(line) as Record<string, number>)['reward/outcome-mean'] ?? NaN);
}

describe('policy tinker', () => {
  it.each(['grpo', 'tspo'])('the reward rises through the wire, with %s as here', async (strategy) => {
    const folder = await startRun(strategy);
    const trained = await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'one', '--json'], folder);
    expect(trained.stderr).not.toMatch(/error/i);
    expect(trained.code).toBe(0);
    expect(JSON.parse(trained.stdout)).toMatchObject({ before: { exactMatch: 0 }, after: { exactMatch: 1 } });
    const curve = await rewards(join(folder, 'one'));
    expect(curve[0]).toBeLessThan(0.7);
    expect(curve.at(-1)).toBeGreaterThan(0.9);
  });

  it('goes on from a checkpoint, evaluates it, and storms on the wire change no number', async () => {
    const calm = await startRun('grpo');
    const args = ['train', '-c', 'run.yaml', '--run-dir', 'one'];
    expect((await turnwise(args, calm)).code).toBe(0);
    const expected = await rewards(join(calm, 'one'));
    await server?.close();

    // Every seventh request meets one fault or another.
    const faults: WireFault[] = ['too-many', 'lost-reply', 'unavailable', 'twice', 'lost-request', 'cut'];
    const fault = (path: string, count: number): WireFault =>
      path === '/session_heartbeat' || count % 7 !== 3 ? null : (faults[((count - 3) / 7) % faults.length] ?? null);
    const folder = await startRun('grpo', fault);
    const half = await turnwise([...args, '--set', 'training.steps=6'], folder);
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
