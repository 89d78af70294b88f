/**
 * Trains the base checkpoint of the built-in world from scratch and writes it to
 * packages/wikiworld/checkpoints/base. The same seed gives the same bytes.
 *
 *     node --conditions=turnwise-source --import tsx scripts/train-base.ts [--out FOLDER] [--practice-only]
 *
 * `--practice-only` stops after phase one: the checkpoint then is as good as its demonstrations, which is the most that
 * reinforcement learning on the base can hope for.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSearchR1Protocol, type Passage, type SearchTool } from '@turnwise/core';
import { createEngine, loadTokenizer, saveCheckpoint, transformerConfig } from '@turnwise/engine';
import { buildIndex, LunrSearchTool, lunrOptions } from '@turnwise/search-lunr';
import {
  baseCheckpointFolder,
  drawDemonstrations,
  generateWorld,
  imperfect,
  measureGroups,
  play,
  practice,
  recipeSettings,
  tokenizerJson,
  trainPhase,
  worldProtocol,
  type Difficulty,
  type Profile,
} from '@turnwise/wikiworld';

const { values } = parseArgs({
  options: { out: { type: 'string' }, 'practice-only': { type: 'boolean', default: false } },
});
const folder = values.out ?? baseCheckpointFolder();
const { seed, questionKinds } = recipeSettings;

const protocol = createSearchR1Protocol(worldProtocol);
const tokenizer = loadTokenizer(tokenizerJson());
const config = transformerConfig({ vocabularySize: tokenizer.vocabularySize });
const engine = createEngine({ config, seed });
const options = lunrOptions.parse({});
const makeSearch = (passages: readonly Passage[]): SearchTool =>
  new LunrSearchTool(buildIndex(passages, options), passages, options);

const started = performance.now();
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const elapsed = (): string => `${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s`;

async function run(name: 'practice' | 'imperfect', number: number, profile: Profile): Promise<void> {
  const demonstrations = drawDemonstrations({ seed: seed * 10 + number, profile, questionKinds, protocol, makeSearch });
  await trainPhase(engine, tokenizer, demonstrations, recipeSettings[name], ({ step, loss, exact }) => {
    say(`${elapsed()}  ${name} ${step}  loss ${loss.toFixed(4)}  exact ${(100 * exact).toFixed(1)} %`);
  });
}

/** Held-out questions: groups of 8 at temperature 1, and one greedy attempt each. */
async function measure(difficulty: Difficulty): Promise<object> {
  const world = generateWorld({ seed: 1, difficulty });
  const shared = {
    engine,
    tokenizer,
    protocol,
    search: makeSearch(world.passages),
    seed,
    maxTurns: 5,
    maxTokensPerTurn: 40,
  };
  const sampled = measureGroups(await play(world.eval, { ...shared, temperature: 1, attempts: 8 }));
  const greedy = measureGroups(await play(world.eval, { ...shared, temperature: 0, attempts: 1 }));
  return { sampled, greedy: { exactMatch: greedy.exactMatch, exactMatchByKind: greedy.exactMatchByKind } };
}

await run('practice', 1, practice);
if (!values['practice-only']) await run('imperfect', 2, imperfect);
const measured = { standard: await measure('standard'), hard: await measure('hard') };
say(JSON.stringify(measured, null, 2));

await mkdir(folder, { recursive: true });
await saveCheckpoint(folder, { engine, tokenizer });
const sha256 = Object.fromEntries(
  await Promise.all(
    ['model.safetensors', 'config.json', 'tokenizer.json'].map(async (file) => {
      const content = await readFile(join(folder, file));
      return [file, createHash('sha256').update(content).digest('hex')] as const;
    }),
  ),
);
const phases = values['practice-only'] ? ['practice'] : ['practice', 'imperfect'];
await writeFile(
  join(folder, 'recipe.json'),
  `${JSON.stringify({ phases, settings: recipeSettings, measured, sha256 }, null, 2)}\n`,
);
say(`${elapsed()}  written to ${folder}`);
