import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll } from '../../scripts/packages/pack-all.js';
import { root } from '../../scripts/packages/workspaces.js';
import { followGuide, guideSteps } from './follow-guide.js';
import { startRegistry, type Registry } from './registry.js';
import { run } from './run.js';

/**
 * What a stranger does with what we publish, from packed tarballs alone, outside the checkout: follow the guide, scaffold
 * plugins of every kind, install the examples. Needs `npm run build` first.
 */
let registry: Registry;
let folder: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  if (!existsSync(join(root, 'packages/core/dist/index.js'))) throw new Error('nothing is built: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'turnwise-packed-'));
  registry = await startRegistry(packAll(join(folder, 'tarballs')));
  environment = {
    ...process.env,
    NODE_OPTIONS: '',
    CI: '',
    npm_config_registry: registry.url,
    // A cache of its own: the packages change without changing their version.
    npm_config_cache: join(folder, 'cache'),
    npm_config_yes: 'true',
    npm_config_update_notifier: 'false',
    npm_config_engine_strict: 'false',
  };
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});

function emptyFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}
const guide = join(root, 'docs/guides/first-plugin.md');
const jsonLines = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>);
const pluginsOf = (runFolder: string) =>
  (
    JSON.parse(readFileSync(join(runFolder, 'manifest.json'), 'utf8')) as {
      plugins: { source: string; version: string; integrity: string | null }[];
    }
  ).plugins;

describe('the guide to the first plugin', () => {
  it('leads to a reward that is tested, packed, installed and trained with', async () => {
    const end = await followGuide(guideSteps(guide, 'A reward'), emptyFolder('reward'), environment);
    const runFolder = join(end, 'runs/brief');
    const metrics = jsonLines(join(runFolder, 'metrics.jsonl')).filter((line) => line['update/loss'] !== undefined);
    expect(metrics).toHaveLength(5);
    for (const line of metrics) {
      const [, value] =
        Object.entries(line).find(([name]) => name.startsWith('reward/') && name.includes('brevity')) ?? [];
      expect(value).toBeLessThan(0);
    }
    expect(pluginsOf(runFolder)).toContainEqual(
      expect.objectContaining({
        source: '@acme/turnwise-reward-brevity',
        version: '0.1.0',
        integrity: expect.stringMatching(/^sha(256|512)-/),
      }),
    );
    const readme = readFileSync(join(folder, 'reward/turnwise-reward-brevity/README.md'), 'utf8');
    expect(readme).toContain('| `words` | whole number >= 1 | `50` | Words of a turn that cost 1. |');
    expect(readme).not.toContain('`cost`');
  });

  it('leads to an estimator', async () => {
    const end = await followGuide(guideSteps(guide, 'An estimator'), emptyFolder('estimator'), environment);
    const [group] = jsonLines(join(end, 'runs/best-of/trajectories/step-000001.jsonl')) as unknown as {
      advantages: { turns: number[][] };
    }[];
    expect(new Set(group?.advantages.turns.flat())).not.toContain(-1);
    expect(pluginsOf(join(end, 'runs/best-of')).map(({ source }) => source)).toContain(
      '@acme/turnwise-advantage-best-of',
    );
  });
});

describe('plugins side by side', () => {
  let workshop: string;
  beforeAll(async () => {
    // One installation that all of them find above them: nothing of the checkout is in sight.
    workshop = emptyFolder('workshop');
    const { devDependencies = {}, dependencies = {} } = JSON.parse(
      readFileSync(join(root, 'examples/advantage-median/package.json'), 'utf8'),
    ) as { devDependencies?: object; dependencies?: object };
    const needed = { ...devDependencies, ...dependencies, turnwise: '*', 'create-turnwise-plugin': '*' };
    writeFileSync(join(workshop, 'package.json'), JSON.stringify({ private: true, dependencies: needed }));
    await run('npm install', workshop, environment);
  });

  it.each(['reward', 'advantage', 'search', 'policy', 'protocol', 'tracker'])(
    'a new %s passes its conformance test and builds',
    async (kind) => {
      await run(`npx create-turnwise-plugin new-${kind} --kind ${kind} --id trial`, workshop, environment);
      const made = join(workshop, `new-${kind}`);
      await run('npm test', made, environment);
      await run('npm run build', made, environment);
      expect(existsSync(join(made, 'dist/index.d.ts'))).toBe(true);
    },
  );

  it('the examples pass theirs, and the method of the paper trains as the built-in does, byte for byte', async () => {
    for (const example of ['reward-grounded', 'advantage-median', 'reward-first-occurrence', 'advantage-turn-aware']) {
      const copy = join(workshop, example);
      cpSync(join(root, 'examples', example), copy, { recursive: true });
      await run('npm test', copy, environment);
      await run('npm run build', copy, environment);
      const before = readFileSync(join(copy, 'README.md'), 'utf8');
      await run('npm run readme', copy, environment);
      expect(readFileSync(join(copy, 'README.md'), 'utf8')).toBe(before);
      await run('npm pack', copy, environment);
    }
    // All at once: what is not saved is taken away by the next installation.
    await run('npm install --no-save ./*/example-turnwise-*.tgz', workshop, environment);
    const configuration = (credit: string): string => `seed: 5
corpus: { world: wikiworld, difficulty: hard, seed: 1 }
data: { train: { world: wikiworld, questions: 32 }, eval: { world: wikiworld, questions: 10 } }
policy: { use: transformer, with: { base: quickstart } }
protocol: { use: search-r1, with: { instructions: '', passage: '{text}' } }
${credit}
rollout: { questionsPerStep: 4, groupSize: 4, maxTurns: 5, maxTokensPerTurn: 40 }
training: { steps: 2, learningRate: 5e-5, evalEvery: 0, checkpointEvery: 0 }
`;
    const train = async (name: string, credit: string): Promise<unknown[]> => {
      writeFileSync(join(workshop, `${name}.yaml`), configuration(credit));
      await run(`npx turnwise train -c ${name}.yaml --run-dir runs/${name}`, workshop, environment);
      return jsonLines(join(workshop, `runs/${name}/metrics.jsonl`)).map((line) =>
        Object.fromEntries(
          Object.entries(line).filter(([key]) => /^(step|update\/(loss|gradient-norm)|groups\/)/.test(key)),
        ),
      );
    };
    const outside = await train(
      'outside',
      'reward: { use: "@example/turnwise-reward-first-occurrence" }\nadvantage: { use: "@example/turnwise-advantage-turn-aware" }',
    );
    const builtIn = await train('built-in', 'strategy: tspo');
    expect(builtIn.length).toBeGreaterThanOrEqual(2);
    expect(outside).toEqual(builtIn);
    await train(
      'robust',
      'reward: { use: "@example/turnwise-reward-grounded" }\nadvantage: { use: "@example/turnwise-advantage-median" }',
    );
  });
});
