import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { realServer } from '../../plugins/policy-tinker/src/testing/real-server.js';
import { createTinkerServer } from '../../plugins/policy-tinker/src/testing/tinker-server.js';
import { turnwise } from '../e2e/command-line.js';
import { tokenizerJson, words, writeTinyModel } from './one-config/tiny-model.js';

/**
 * One configuration, several values of `policy`: the transformer in this process, a Tinker server in this process with
 * a toy policy, and the real server at TURNWISE_TINKER_URL when that is set. Options: `model` (folder of the tiny
 * model, written when it is not there; the real server has to have been started on it), `strategy` (tspo), `steps` (30).
 */
export default async function bench(options: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const { strategy = 'tspo', steps = '30' } = options;
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-one-config-'));
  const model = resolve(options['model'] ?? join(folder, 'model'));
  if (!existsSync(join(model, 'config.json'))) await writeTinyModel(model);
  await writeFile(join(folder, 'tokenizer.json'), tokenizerJson);
  await writeFile(
    join(folder, 'corpus.jsonl'),
    '{"id":"p1","title":"Velkar","text":"Velkar was written by Tinvek."}\n',
  );
  const question = { id: 'q1', question: 'Who wrote Velkar?', golden_answers: ['Tinvek'] };
  await writeFile(join(folder, 'questions.jsonl'), `${JSON.stringify(question)}\n`);
  await writeFile(
    join(folder, 'run.yaml'),
    `seed: 3
data: { train: { file: questions.jsonl }, eval: { file: questions.jsonl } }
corpus: { file: corpus.jsonl }
policy: { use: transformer, with: { base: "${model}", lora: { rank: 8 } } }
strategy: ${strategy}
rollout: { questionsPerStep: 1, groupSize: 16, maxTurns: 3, maxTokensPerTurn: 1 }
objective: { kind: importance-sampling }
training: { steps: ${steps}, learningRate: 0.005, maxGradientNorm: null, evalEvery: 0, checkpointEvery: 0 }
`,
  );
  const toy = await createTinkerServer({
    vocabulary: words.length,
    initialLogits: () => 0,
    // A table of logits moves by the learning rate and no more; a transformer's logits by far more.
    gain: 20,
    decode: (tokens) => tokens.map((token) => words[token]).join(' '),
  });
  const here = { url: toy.url, server: 'hosted', baseModel: 'toy', tokenizer: '.', maxContext: 400 };
  const real = await realServer();
  const policies: Record<string, object | null> = {
    transformer: null,
    'tinker, in this process': { use: 'tinker', with: here },
    ...(real === null
      ? {}
      : {
          [`tinker, ${real.options.server} at ${real.url}`]: {
            use: 'tinker',
            with: { ...real.options, url: real.url, tokenizer: model, maxContext: 400 },
          },
        }),
  };
  const results: Record<string, unknown> = {};
  for (const [name, policy] of Object.entries(policies)) {
    const directory = `run-${Object.keys(results).length}`;
    const change = policy === null ? [] : ['--set', `policy=${JSON.stringify(policy)}`];
    const started = performance.now();
    const run = await turnwise(['train', '-c', 'run.yaml', '--run-dir', directory, '--json', ...change], folder);
    const seconds = (performance.now() - started) / 1000;
    if (run.code !== 0) throw new Error(`${name}: ${run.stderr}`);
    results[name] = { seconds: Math.round(seconds * 10) / 10, ...(await curve(join(folder, directory))) };
  }
  await toy.close();
  return { strategy, steps: Number(steps), model, results };
}

/** Mean reward of each step, and the median time of steps that updated something. */
async function curve(run: string): Promise<object> {
  const lines = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n').slice(1);
  const metrics = lines.map((line) => JSON.parse(line) as Record<string, number>);
  const rewards = metrics.map((line) => Math.round(100 * (line['reward/outcome-mean'] ?? Number.NaN)) / 100);
  const median = (key: string): number => {
    const values = metrics.flatMap((line) => (line['update/gradient-norm'] === 0 ? [] : (line[key] ?? [])));
    return Math.round(1e4 * (values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN)) / 1e4;
  };
  return { rewards, rolloutSeconds: median('rollout/seconds'), updateSeconds: median('update/seconds') };
}
