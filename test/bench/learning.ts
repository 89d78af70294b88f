import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTraining, type RunToMake } from './learning/run-training.js';
import { curvesFigure } from './learning/curves-figure.js';
import { summarise, type FinishedRun } from './learning/summarise.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Strategies x seeds x difficulties at the same budget, two runs at a time, each through the real command line.
 * Finished runs in `out` are kept, so that an interrupted benchmark goes on where it stopped.
 *
 * Options: `strategies`, `seeds`, `difficulties` (comma-separated), `out` (folder of the runs), `parallel`,
 * `figures` (folder for the SVG figures and the JSON table; none by default), `set` (one more K=V for each run).
 */
export default async function bench(options: Record<string, string>): Promise<Record<string, unknown>> {
  const strategies = (options['strategies'] ?? 'tspo,tspo-literal,grpo,outcome-only').split(',');
  const seeds = (options['seeds'] ?? '1,2,3').split(',').map(Number);
  const difficulties = (options['difficulties'] ?? 'standard,hard').split(',');
  const out = options['out'] ?? join(root, 'runs', 'learning');
  const wanted: RunToMake[] = difficulties.flatMap((difficulty) =>
    seeds.flatMap((seed) =>
      strategies.map((strategy) => ({
        strategy,
        seed,
        difficulty,
        folder: join(out, `${difficulty}-${strategy}-${seed}`),
        set: options['set'],
      })),
    ),
  );
  await mkdir(out, { recursive: true });
  const finished: FinishedRun[] = [];
  const queue = [...wanted];
  const worker = async (): Promise<void> => {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
      const complete = join(run.folder, 'complete.json');
      if (!existsSync(complete)) {
        await rm(run.folder, { recursive: true, force: true });
        const seconds = await runTraining(root, run);
        await writeFile(complete, JSON.stringify({ seconds }));
      }
      const { seconds } = JSON.parse(await readFile(complete, 'utf8')) as { seconds: number };
      const lines = (await readFile(join(run.folder, 'metrics.jsonl'), 'utf8')).trim().split('\n');
      finished.push({ ...run, seconds, metrics: lines.map((line) => JSON.parse(line) as Record<string, number>) });
    }
  };
  await Promise.all(Array.from({ length: Number(options['parallel'] ?? 2) }, worker));
  const table = difficulties.map((difficulty) => ({
    difficulty,
    strategies: strategies.map((strategy) =>
      summarise(finished.filter((run) => run.difficulty === difficulty && run.strategy === strategy)),
    ),
  }));
  if (options['figures'] !== undefined) {
    await mkdir(options['figures'], { recursive: true });
    for (const difficulty of difficulties) {
      const runs = finished.filter((run) => run.difficulty === difficulty);
      await writeFile(
        join(options['figures'], `learning-${difficulty}.svg`),
        curvesFigure(difficulty, strategies, runs),
      );
    }
    await writeFile(join(options['figures'], 'learning.json'), `${JSON.stringify(table, null, 2)}\n`);
  }
  return { seeds, table };
}
