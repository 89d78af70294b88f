/**
 * Trains the base checkpoints of the built-in world from scratch and writes them to packages/wikiworld/checkpoints. All
 * share phase one. The same seed gives the same bytes, as long as the engine's kernels stay as they are.
 *
 *     node --conditions=turnwise-source --import tsx scripts/train-base.ts [BASE]... [--out FOLDER] [--practice-only]
 *
 * Without a BASE all of them are trained. `--out` writes to FOLDER/BASE instead. `--practice-only` stops after phase one
 * and writes to `--out` itself: that checkpoint is as good as its demonstrations, which is the most that reinforcement
 * learning on a base can hope for.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSearchR1Protocol, type Passage, type SearchTool } from '@turnwise/core';
import {
  createEngine,
  loadCheckpoint,
  loadOptimizer,
  loadTokenizer,
  saveCheckpoint,
  saveOptimizer,
  transformerConfig,
  type Engine,
} from '@turnwise/engine';
import { buildIndex, LunrSearchTool, lunrOptions } from '@turnwise/search-lunr';
import {
  baseCheckpointFolder,
  baseProfiles,
  drawDemonstrations,
  generateWorld,
  measureGroups,
  play,
  practice,
  recipeSettings,
  tokenizerJson,
  trainPhase,
  worldProtocol,
  type BaseName,
  type Difficulty,
  type Profile,
} from '@turnwise/wikiworld';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' }, 'practice-only': { type: 'boolean', default: false } },
});
const known = Object.keys(baseProfiles) as BaseName[];
const wanted = positionals.length === 0 ? known : known.filter((name) => positionals.includes(name));
const unknown = positionals.filter((name) => !Object.hasOwn(baseProfiles, name));
const usage =
  unknown.length > 0
    ? `There is no base ${unknown.join(', ')}; there are ${known.join(', ')}.`
    : values['practice-only'] && values.out === undefined
      ? '--practice-only needs --out FOLDER.'
      : null;
if (usage !== null) {
  process.stderr.write(`${usage}\n`);
  process.exit(2);
}
const { seed, questionKinds } = recipeSettings;

const protocol = createSearchR1Protocol(worldProtocol);
const tokenizer = loadTokenizer(tokenizerJson());
const options = lunrOptions.parse({});
const makeSearch = (passages: readonly Passage[]): SearchTool =>
  new LunrSearchTool(buildIndex(passages, options), passages, options);

const started = performance.now();
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const elapsed = (): string => `${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s`;

async function run(engine: Engine, phase: 'practice' | 'imperfect', profile: Profile, title: string): Promise<void> {
  const number = phase === 'practice' ? 1 : 2;
  const demonstrations = drawDemonstrations({ seed: seed * 10 + number, profile, questionKinds, protocol, makeSearch });
  await trainPhase(engine, tokenizer, demonstrations, recipeSettings[phase], ({ step, loss, exact }) => {
    say(`${elapsed()}  ${title} ${step}  loss ${loss.toFixed(4)}  exact ${(100 * exact).toFixed(1)} %`);
  });
}

/** Held-out questions: groups of 8 at temperature 1, and one greedy attempt each. */
async function measure(engine: Engine, difficulty: Difficulty): Promise<object> {
  const world = generateWorld({ seed: 1, difficulty });
  const search = makeSearch(world.passages);
  const shared = { engine, tokenizer, protocol, search, seed, maxTurns: 5, maxTokensPerTurn: 40 };
  const sampled = measureGroups(await play(world.eval, { ...shared, temperature: 1, attempts: 8 }));
  const greedy = measureGroups(await play(world.eval, { ...shared, temperature: 0, attempts: 1 }));
  return { sampled, greedy: { exactMatch: greedy.exactMatch, exactMatchByKind: greedy.exactMatchByKind } };
}

/** The checkpoint, and beside it how it was made, what it does and what its bytes are. */
async function write(folder: string, engine: Engine, phases: readonly string[]): Promise<void> {
  const measured = { standard: await measure(engine, 'standard'), hard: await measure(engine, 'hard') };
  say(JSON.stringify(measured, null, 2));
  await mkdir(folder, { recursive: true });
  await saveCheckpoint(folder, { engine, tokenizer });
  const sha256: Record<string, string> = {};
  for (const file of ['model.safetensors', 'config.json', 'tokenizer.json']) {
    const content = await readFile(join(folder, file));
    sha256[file] = createHash('sha256').update(content).digest('hex');
  }
  const recipe = { phases, settings: recipeSettings, measured, sha256 };
  await writeFile(join(folder, 'recipe.json'), `${JSON.stringify(recipe, null, 2)}\n`);
  say(`${elapsed()}  written to ${folder}`);
}

const config = transformerConfig({ vocabularySize: tokenizer.vocabularySize });
const practised = createEngine({ config, seed });
await run(practised, 'practice', practice, 'practice');
if (values['practice-only']) await write(values.out as string, practised, ['practice']);
else {
  const shared = await mkdtemp(join(tmpdir(), 'turnwise-practice-'));
  try {
    await saveCheckpoint(shared, { engine: practised, tokenizer });
    await saveOptimizer(shared, practised);
    for (const name of wanted) {
      const { engine } = await loadCheckpoint(shared);
      await loadOptimizer(shared, engine);
      await run(engine, 'imperfect', baseProfiles[name], name);
      const folder = values.out === undefined ? baseCheckpointFolder(name) : join(values.out, name);
      await write(folder, engine, ['practice', 'imperfect']);
    }
  } finally {
    await rm(shared, { recursive: true, force: true });
  }
}
