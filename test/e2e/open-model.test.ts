import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine, loadCheckpoint, loadTokenizer, saveCheckpoint, transformerConfig } from '@turnwise/engine';
import { corpusRows, folderWith, questionRows, turnwise } from './command-line.js';
import { turnwiseHere } from './command-line-here.js';

/** Tests train models, and some in processes of their own; on a busy machine that takes a while. */
jest.setTimeout(300_000);

const template =
  '{% for message in messages %}<|im_start|>{{ message.role }}\n' +
  "{{ message.content.split('</think>')[-1] }}<|im_end|>\n{% endfor %}" +
  '{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';

/** A token a character, and tags and marks of one token, so that a random model writes a search or an answer at times. */
const marks = ['<|im_start|>', '<|im_end|>', '<search>', '</search>', '<answer>', '</answer>'];
const characters = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \n.,:?<>/()|_');
const tokenizer = loadTokenizer({
  version: '1.0',
  added_tokens: marks.map((content, id) => {
    const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false };
    return { id, content, ...plain, special: content.startsWith('<|') };
  }),
  normalizer: null,
  pre_tokenizer: { type: 'Split', pattern: { Regex: '' }, behavior: 'Isolated', invert: false },
  post_processor: null,
  decoder: { type: 'Fuse' },
  model: {
    type: 'BPE',
    vocab: Object.fromEntries([...marks, ...characters].map((token, id) => [token, id])),
    merges: [],
  },
});
const end = 1;

async function writeModel(folder: string, family: 'qwen2' | 'qwen3'): Promise<void> {
  await mkdir(folder);
  const config = transformerConfig({
    vocabularySize: tokenizer.vocabularySize,
    hiddenSize: 32,
    keyValueHeadCount: 2,
    headSize: family === 'qwen2' ? 8 : 16,
    intermediateSize: 40,
    contextLength: 512,
    shiftTaps: 0,
    queryKeyValueBias: family === 'qwen2',
    queryKeyNorm: family === 'qwen3',
    tiedEmbedding: family === 'qwen2',
  });
  const engine = createEngine({ config, seed: 5, initialization: { embedding: 0.05 } });
  await saveCheckpoint(folder, { engine, tokenizer });
  const path = join(folder, 'config.json');
  const json = JSON.parse(await readFile(path, 'utf8')) as object;
  const name = `${family === 'qwen2' ? 'Qwen2' : 'Qwen3'}ForCausalLM`;
  await writeFile(path, JSON.stringify({ ...json, model_type: family, architectures: [name], eos_token_id: 0 }));
  await writeFile(join(folder, 'generation_config.json'), JSON.stringify({ eos_token_id: end }));
  await writeFile(
    join(folder, 'tokenizer_config.json'),
    JSON.stringify({ chat_template: template, eos_token: '<|im_end|>' }),
  );
}

const configuration = (model: string, more = ''): string => `seed: 3
data: { train: { file: questions.jsonl }, eval: { file: questions.jsonl } }
corpus: { file: corpus.jsonl }
policy: { use: transformer, with: { base: ${model}, engine: wasm, slots: 8${more} } }
protocol: { use: search-r1, with: { instructions: 'Search.', passage: '{text}' } }
strategy: grpo
rollout: { questionsPerStep: 2, groupSize: 4, maxTurns: 3, maxTokensPerTurn: 24 }
objective: { kind: ppo-clip, entropyCoefficient: 0.01 }
training: { steps: 2, learningRate: 1e-2, evalEvery: 0, checkpointEvery: 1 }
`;

let folder: string;
beforeAll(async () => {
  folder = await folderWith({
    'corpus.jsonl': corpusRows,
    'questions.jsonl': questionRows,
    'qwen2.yaml': configuration('qwen2'),
    'qwen3.yaml': configuration('qwen3', ', recompute: true, chat: { observations: user, system: Short. }'),
    'lora.yaml': configuration('qwen3', ', lora: { rank: 2, merge: true }'),
  });
  for (const family of ['qwen2', 'qwen3'] as const) await writeModel(join(folder, family), family);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface RecordedTurn {
  readonly output: { readonly text: string; readonly tokenIds: number[] };
  readonly observation: { readonly text: string; readonly tokenIds: number[] } | null;
}
interface Recorded {
  readonly prompt: { readonly text: string; readonly tokenIds: number[] };
  readonly turns: readonly RecordedTurn[];
}

async function trajectories(run: string, step: number): Promise<Recorded[]> {
  const text = await readFile(join(folder, run, `trajectories/step-00000${step}.jsonl`), 'utf8');
  const groups = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { trajectories: Recorded[] });
  return groups.flatMap((group) => group.trajectories);
}

const weightsOf = async (path: string) => {
  const { engine } = await loadCheckpoint(join(folder, path));
  return engine.parameters().map(({ name }) => [name, engine.readParameter(name)] as const);
};

describe('a model of the open families with a chat template, through the command line', () => {
  it.each([
    ['qwen2', 'Search. Question: Who wrote Velkar?\n<|im_end|>\n<|im_start|>assistant\n', '<|im_start|>user\n'],
    ['qwen3', '<|im_end|>\n<|im_start|>user\nSearch. Question: ', '<|im_start|>system\nShort.<|im_end|>\n'],
  ])('%s is evaluated, trained and resumed', async (model, contains, begins) => {
    const config = `${model}.yaml`;
    // One of them goes the whole way.
    const call = model === 'qwen2' ? turnwise : turnwiseHere;
    const evaluated = await call(['eval', '-c', config, '--json'], folder);
    expect([evaluated.code, evaluated.stderr]).toEqual([0, expect.any(String)]);
    const run = `runs/${model}`;
    const whole = await call(['train', '-c', config, '--run-dir', run, '--json'], folder);
    expect([whole.code, whole.code === 0 ? '' : whole.stderr]).toEqual([0, '']);
    const recorded = [...(await trajectories(run, 1)), ...(await trajectories(run, 2))];
    expect(recorded).toHaveLength(16);
    for (const { prompt, turns } of recorded) {
      expect(prompt.text.startsWith(begins)).toBe(true);
      expect(prompt.text.endsWith('<|im_start|>assistant\n')).toBe(true);
      expect(tokenizer.decode(prompt.tokenIds)).toBe(prompt.text);
      for (const { output, observation } of turns) {
        const { tokenIds } = output;
        expect(tokenIds.slice(0, -1)).not.toContain(end);
        if (observation === null) continue;
        const ended = tokenIds.at(-1) === end;
        const read = tokenizer.decode(observation.tokenIds);
        const inTurn = model === 'qwen2' && !ended;
        const message = `<|im_start|>user\n${observation.text.trim()}<|im_end|>\n<|im_start|>assistant\n`;
        expect(read).toBe(inTurn ? observation.text : `${ended ? '' : '<|im_end|>'}\n${message}`);
      }
    }
    expect(recorded.some(({ prompt }) => prompt.text.includes(contains))).toBe(true);
    expect(recorded.flatMap(({ turns }) => turns).some(({ observation }) => observation !== null)).toBe(true);
    if (model === 'qwen3') expect(whole.stderr).toContain('it drops what stands between <think> and </think>');

    // One step, and one more: the same weights as two.
    const part = `${run}-part`;
    expect(
      (await turnwiseHere(['train', '-c', config, '--run-dir', part, '--set', 'training.steps=1'], folder)).code,
    ).toBe(0);
    const rest = await call(['train', '-c', config, '--run-dir', part, '--resume', '--json'], folder);
    expect([rest.code, rest.code === 0 ? '' : rest.stderr]).toEqual([0, '']);
    const trained = `${run}/checkpoints/step-000002`;
    expect(await weightsOf(`${part}/checkpoints/step-000002`)).toEqual(await weightsOf(trained));
    expect(await weightsOf(trained)).not.toEqual(await weightsOf(model));
    for (const file of ['tokenizer_config.json', 'generation_config.json']) {
      expect(await readFile(join(folder, trained, file), 'utf8')).toBe(
        await readFile(join(folder, model, file), 'utf8'),
      );
    }
  });

  it('adapters are trained, resumed, merged, and the merged model is a base again', async () => {
    const run = 'runs/lora';
    const trained = await turnwiseHere(
      ['train', '-c', 'lora.yaml', '--run-dir', run, '--json', '--set', 'training.steps=1'],
      folder,
    );
    expect([trained.code, trained.code === 0 ? '' : trained.stderr]).toEqual([0, '']);
    const rest = await turnwiseHere(['train', '-c', 'lora.yaml', '--run-dir', run, '--resume', '--json'], folder);
    expect([rest.code, rest.code === 0 ? '' : rest.stderr]).toEqual([0, '']);
    const saved = `${run}/checkpoints/step-000002`;
    expect(existsSync(join(folder, saved, 'adapter_model.safetensors'))).toBe(true);
    const [base, merged] = [await weightsOf('qwen3'), await weightsOf(`${saved}/merged`)];
    const moved = base.filter(([, values], i) => values.some((value, k) => value !== merged[i]?.[1][k]));
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.every(([name]) => /[qkvo]_proj\.weight$/u.test(name))).toBe(true);
    const scores = async (config: string, ...words: string[]): Promise<unknown> => {
      const { code, stdout } = await turnwiseHere(['eval', '-c', config, '--json', ...words], folder);
      expect(code).toBe(0);
      const { exactMatch, f1, turnsMean } = JSON.parse(stdout) as Record<string, number>;
      return { exactMatch, f1, turnsMean };
    };
    const adapted = await scores('lora.yaml', '--checkpoint', saved);
    expect(adapted).toMatchObject({ turnsMean: expect.any(Number) });
    expect(await scores('qwen2.yaml', '--set', `policy.with.base=${saved}/merged`)).toEqual(adapted);
  });
});

describe('config check', () => {
  const check = async (config: string, ...set: string[]) =>
    turnwiseHere(['config', 'check', '-c', config, ...set.flatMap((one) => ['--set', one]), '--json'], folder);

  it('predicts the memory, and a run stays within it', async () => {
    const { code, stdout } = await check('qwen2.yaml');
    expect(code).toBe(0);
    const { memory } = JSON.parse(stdout) as {
      memory: { id: string; fit: string; peakBytes: number; limitBytes: number }[];
    };
    expect(memory).toMatchObject([{ kind: 'policy', id: 'transformer', fit: 'fits', limitBytes: 2 ** 31 }]);
    const text = await turnwiseHere(['config', 'check', '-c', 'qwen2.yaml'], folder);
    expect(text.stdout).toMatch(
      /memory of policy transformer: at most [\d.]+ of 2048 MB \(weights [\d.]+, packed weights [\d.]+, gradients [\d.]+, moments [\d.]+, activations [\d.]+, key-value cache [\d.]+\)/,
    );
    const smaller = JSON.parse((await check('qwen2.yaml', 'policy.with.recompute=true')).stdout) as {
      memory: { peakBytes: number }[];
    };
    expect(smaller.memory[0]?.peakBytes).toBeLessThan(memory[0]?.peakBytes ?? 0);
  });

  it('says what would fit where something may not, and refuses what cannot be made', async () => {
    const tight = await turnwiseHere(
      ['config', 'check', '-c', 'qwen2.yaml', '--set', 'policy.with.memoryLimit=64', '--set', 'policy.with.slots=1024'],
      folder,
    );
    expect(tight.code).toBe(0);
    expect(tight.stdout).toMatch(/may not fit\n {2}fits with /);
    // Only the headers are read: the numbers of this large model are not there.
    const path = join(folder, 'large');
    await writeLargeModel(path);
    const large = await check('qwen2.yaml', 'policy.with.base=large');
    expect(large).toMatchObject({ code: 2, stdout: '' });
    expect(large.stderr).toMatch(/The policy transformer needs at least \d+ MB and may take 2048 MB/);
    expect(large.stderr).toContain('It fits with ');
    const trained = await turnwiseHere(
      ['train', '-c', 'qwen2.yaml', '--set', 'policy.with.base=large', '--run-dir', 'runs/large'],
      folder,
    );
    expect(trained.code).toBe(1);
    expect(trained.stderr).toMatch(/the model needs \d+ MB \(weights .*with lora \(rank 8\) it would need \d+ MB/);
  });

  it('finds a missing base and a wrong shape without loading anything', async () => {
    expect((await check('qwen2.yaml', 'policy.with.base=nowhere')).stderr).toContain('There is no checkpoint at');
    const json = JSON.parse(await readFile(join(folder, 'qwen2/config.json'), 'utf8')) as object;
    await mkdir(join(folder, 'wrong'));
    await writeFile(join(folder, 'wrong/config.json'), JSON.stringify({ ...json, intermediate_size: 48 }));
    await writeFile(join(folder, 'wrong/model.safetensors'), await readFile(join(folder, 'qwen2/model.safetensors')));
    const wrong = await check('qwen2.yaml', 'policy.with.base=wrong');
    expect(wrong.stderr).toContain('expected [48, 32], found [40, 32]');
    expect(wrong.code).not.toBe(0);
  });
});

/** A folder that looks like a model of 200 million parameters: headers with holes for numbers. */
async function writeLargeModel(path: string): Promise<void> {
  await mkdir(path);
  const json = {
    model_type: 'qwen2',
    vocab_size: 50_000,
    hidden_size: 1024,
    intermediate_size: 4096,
    num_hidden_layers: 8,
    num_attention_heads: 8,
    num_key_value_heads: 8,
    max_position_embeddings: 512,
    rms_norm_eps: 1e-6,
    rope_theta: 10_000,
    tie_word_embeddings: true,
  };
  await writeFile(join(path, 'config.json'), JSON.stringify(json));
  await writeFile(join(path, 'tokenizer.json'), await readFile(join(folder, 'qwen2/tokenizer.json')));
  const shapes: [string, number[]][] = [
    ['model.embed_tokens.weight', [50_000, 1024]],
    ['model.norm.weight', [1024]],
  ];
  for (let layer = 0; layer < 8; layer++) {
    const prefix = `model.layers.${layer}`;
    for (const norm of ['input_layernorm', 'post_attention_layernorm'])
      shapes.push([`${prefix}.${norm}.weight`, [1024]]);
    for (const name of ['q', 'k', 'v']) {
      shapes.push(
        [`${prefix}.self_attn.${name}_proj.weight`, [1024, 1024]],
        [`${prefix}.self_attn.${name}_proj.bias`, [1024]],
      );
    }
    shapes.push([`${prefix}.self_attn.o_proj.weight`, [1024, 1024]]);
    for (const name of ['gate', 'up']) shapes.push([`${prefix}.mlp.${name}_proj.weight`, [4096, 1024]]);
    shapes.push([`${prefix}.mlp.down_proj.weight`, [1024, 4096]]);
  }
  let offset = 0;
  const header: Record<string, object> = {};
  for (const [name, shape] of shapes) {
    const bytes = 2 * shape.reduce((product, extent) => product * extent, 1);
    header[name] = { dtype: 'BF16', shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = join(path, 'model.safetensors');
  await writeFile(file, Buffer.concat([length, text]));
  await truncate(file, 8 + text.length + offset);
}
