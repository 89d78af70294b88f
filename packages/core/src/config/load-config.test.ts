import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf as failure } from '../errors/failure-of.fixture.js';
import { loadConfig } from './load-config.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function load(text: string, set: string[] = [], name = 'run.yaml') {
  writeFileSync(join(folder, name), text);
  return loadConfig({ file: name, set, currentFolder: folder });
}

describe('a key that only the command line wrote', () => {
  it('is looked for there, also when its value stands deeper', async () => {
    const error = await failure(load('seed: 1', ['polic.use=x']));
    expect(error.message).toContain('--set polic.use=x: polic is not a key here. Did you mean "policy"?');
  });
});

describe('a file made to fill memory', () => {
  const bomb = ['a: &a [1, 1, 1, 1, 1, 1, 1, 1]', ...'bcdefgh'.split('')].map((line, index) => {
    const before = 'abcdefgh'[index - 1];
    return index === 0 ? line : `${line}: &${line} [${Array(8).fill(`*${before}`).join(', ')}]`;
  });

  it('by aliases of aliases is refused, in a file and on the command line', async () => {
    expect(await failure(load(bomb.join('\n')))).toMatchObject({
      code: 'CONFIG_PARSE',
      message: 'run.yaml: Excessive alias count indicates a resource exhaustion attack',
    });
    expect(await failure(load('', [`policy.with={ ${bomb.join(', ')} }`]))).toMatchObject({ code: 'CONFIG_USAGE' });
    expect(
      (await load('policy: &p { use: scripted }\nstrategies: {}\nprotocol: { use: search-r1 }')).config.policy,
    ).toEqual({
      use: 'scripted',
      with: {},
    });
  });

  it('by its size is not read', async () => {
    expect(await failure(load(`# ${'x'.repeat(16_000_000)}`))).toMatchObject({
      code: 'CONFIG_PARSE',
      message: 'run.yaml has 16000002 bytes; a configuration has at most 16000000.',
    });
  });

  it('or by how deep it is, is refused at a place', async () => {
    expect(await failure(load(`seed: ${'['.repeat(20_000)}${']'.repeat(20_000)}`))).toMatchObject({
      code: 'CONFIG_PARSE',
      where: expect.stringMatching(/^run\.yaml:1:\d+$/) as unknown,
    });
  });
});

describe('the default plugins', () => {
  it('take options of their own without being named', async () => {
    const { config } = await load('seed: 1', ['search.with.titleBoost=2']);
    expect(config.search).toMatchObject({ use: 'lunr', with: { titleBoost: 2 } });
  });
});

describe('the layer around the search tool', () => {
  it('has defaults, and its files start at the configuration', async () => {
    const { config } = await load('search: { use: lunr, layer: { cacheEntries: 5, record: searches.jsonl } }');
    expect(config.search.layer).toMatchObject({
      cacheEntries: 5,
      attempts: 3,
      record: join(folder, 'searches.jsonl'),
    });
  });

  it('is checked like everything else', async () => {
    const error = await failure(load('search: { layer: { cacheEntrys: 5 } }'));
    expect(error.message).toContain('Did you mean "cacheEntries"?');
  });
});

describe('loadConfig', () => {
  it('fills in every default', async () => {
    const { config, strategy } = await load('');
    expect(strategy).toBe('tspo');
    expect(config).toMatchObject({
      seed: 1,
      policy: { use: 'transformer', with: {} },
      search: { use: 'lunr' },
      protocol: { use: 'search-r1' },
      reward: [{ use: 'folr', weight: 1 }],
      advantage: { use: 'tspo' },
      objective: { kind: 'ppo-clip', low: 0.2, dualClip: null, kl: { estimator: 'k3', coefficient: 0 } },
      training: { steps: 100, schedule: 'constant' },
    });
  });

  it('resolves paths from the folder of the file, and those typed on the command line from the current one', async () => {
    mkdirSync(join(folder, 'sub'), { recursive: true });
    const text = 'data: { train: { file: q.jsonl } }\ncorpus: { file: c.jsonl }\npolicy: { use: ./mine.ts }\n';
    const { config } = await load(text, ['corpus.file=typed.jsonl'], 'sub/run.yaml');
    expect(config.data.train).toEqual({ file: join(folder, 'sub/q.jsonl') });
    expect(config.corpus).toEqual({ file: join(folder, 'typed.jsonl') });
    expect(config.policy.use).toBe(join(folder, 'sub/mine.ts'));
  });

  it('reads JSON, with tabs, and TypeScript', async () => {
    const json = await load('{\n\t"seed": 5,\n\t"strategy": "grpo"\n}', [], 'run.json');
    expect(json).toMatchObject({ strategy: 'grpo', config: { seed: 5, reward: [{ use: 'outcome' }] } });
    const typed = await load(
      'enum Seed { Mine = 6 }\nexport default { seed: Seed.Mine as number };',
      [],
      'run.config.ts',
    );
    expect(typed.config.seed).toBe(6);
    expect(typed.locate(['seed'])).toBe('run.config.ts, seed');
  });

  it('finds a configuration in the current folder, and names what it looked for', async () => {
    const error = await failure(loadConfig({ currentFolder: folder }));
    expect(error.code).toBe('CONFIG_NOT_FOUND');
    expect(error.hint).toContain('turnwise.config.ts');
    writeFileSync(join(folder, 'turnwise.yaml'), 'seed: 9');
    expect((await loadConfig({ currentFolder: folder })).config.seed).toBe(9);
  });

  it('says where a missing file was asked for', async () => {
    const error = await failure(loadConfig({ file: 'nope.yaml', currentFolder: folder }));
    expect(error).toMatchObject({ code: 'CONFIG_NOT_FOUND', where: '-c nope.yaml' });
  });

  it('is itself valid when resolved', async () => {
    const text = 'strategy: tspo-dense\ndata: { train: { world: wikiworld, questions: 8 } }';
    const { config } = await load(text);
    const again = await load(JSON.stringify(config), [], 'again.json');
    expect(again.config).toEqual(config);
  });
});

describe('configuration errors', () => {
  it('names file, line, column, key and nearest name of a misspelt key', async () => {
    const error = await failure(load('seed: 1\nrollout:\n  groupsize: 8\n'));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.where).toBe('run.yaml:3:3');
    expect(error.message).toMatch(
      /^run\.yaml:3:3: rollout\.groupsize is not a key here\. Did you mean "groupSize"\? Allowed: /,
    );
  });

  it.each([
    ['rollout: { groupSize: eight }', 'run.yaml:1:23: rollout.groupSize expected a number, got "eight".'],
    ['rollout: { groupSize: 1.5 }', 'rollout.groupSize expected a whole number, got 1.5.'],
    ['rollout: { groupSize: 0 }', 'rollout.groupSize must be at least 1, got 0.'],
    ['rollout: { topP: 0 }', 'rollout.topP must be more than 0, got 0.'],
    ['training: 5', 'run.yaml:1:11: training expected a mapping of keys to values, got 5.'],
    [
      'objective: { kind: ppo-clp }',
      'objective.kind expected one of ppo-clip, importance-sampling, cispo, gspo, got "ppo-clp". Did you mean "ppo-clip"?',
    ],
    ['objective: { kl: { estimator: k4 } }', 'objective.kl.estimator expected one of k1, k2, k3, got "k4".'],
    ['reward: { use: folr }\nadvantage: { with: {} }', 'advantage.use is missing; expected a plugin name.'],
    ['data: { train: { file: a, limt: 3 } }', 'data.train.limt is not a key here. Did you mean "limit"?'],
    ['data: { train: { world: a, sed: 3 } }', 'data.train.sed is not a key here. Did you mean "seed"?'],
    [
      'reward: [{ use: folr, wieght: 2 }]\nadvantage: { use: tspo }',
      'reward[0].wieght is not a key here. Did you mean "weight"?',
    ],
    ['- 1', 'the configuration expected a mapping of keys to values, got [1].'],
    [
      'strategy: tpso',
      'run.yaml:1:11: strategy names no strategy: got "tpso". Did you mean "tspo"? Known: tspo, tspo-literal',
    ],
    ['strategy: grpo\nreward: { use: folr }', 'run.yaml:1:1: strategy cannot stand beside reward'],
    ['reward: { use: folr }', 'advantage is missing: reward needs it beside it.'],
    ['run: { name: ../x }', 'run.name expected letters, digits, dots, dashes and underscores, got "../x".'],
    [
      'strategies: { grpo: { reward: { use: a }, advantage: { use: b } } }',
      'strategies.grpo is the name of a built-in',
    ],
    [
      'corpus: { world: w, seed: 1 }\ndata: { train: { world: w, seed: 2 } }',
      'run.yaml:2:34: data.train.seed is 2, but corpus.seed is 1: corpus and questions must come from one world.',
    ],
  ])('%s', async (text, message) => {
    const error = await failure(load(text));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(message);
  });

  it('reports all problems at once', async () => {
    const error = await failure(load('sed: 1\nstrategy: none\nrollout: { groupSize: 0, topP: 2 }'));
    expect(error.message).toMatch(/^run\.yaml has 4 problems:\n/);
    expect(error.message.split('\n')).toHaveLength(5);
  });

  it('names the --set option that is to blame', async () => {
    const error = await failure(load('seed: 1', ['rollout.groupSize=zero']));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', where: '--set rollout.groupSize=zero' });
  });

  it.each([
    ['seed: 1\nrollout: [', 'CONFIG_PARSE', /^run\.yaml:2:/],
    ['seed: 1\nseed: 2', 'CONFIG_PARSE', /^run\.yaml:2:1: Map keys must be unique/],
  ])('points at what is not YAML: %j', async (text, code, message) => {
    const error = await failure(load(text));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('refuses formats it does not know, and modules without a default export', async () => {
    expect((await failure(load('', [], 'run.toml'))).message).toContain('cannot be a .toml file');
    expect((await failure(load('export const a = 1;', [], 'none.ts'))).hint).toContain('export default defineRun');
    expect((await failure(load('throw new Error("boom");', [], 'boom.ts'))).message).toContain('boom');
  });
});
