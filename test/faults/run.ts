import { cpus, tmpdir } from 'node:os';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { damageCases } from './damage-cases.js';
import { injectedCases, mountedCases } from './disk-cases.js';
import { wholeRun, type FaultCase } from './fault-case.js';
import { killCases, signalCases } from './kill-cases.js';
import { surroundingCases } from './surrounding-cases.js';

/**
 * `npm run test:faults [seed=N] [only=TEXT]`: breaks small training runs in many ways through the real command line, and
 * writes what they survived into docs/reference/reliability.md. Two at a time; ends with 1 when one was not survived.
 */
const words = Object.fromEntries(process.argv.slice(2).map((word) => word.split('=', 2) as [string, string]));
const seed = Number(words['seed'] ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'turnwise-faults-'));
const started = performance.now();

interface Row {
  readonly name: string;
  readonly expects: string;
  readonly tries: number;
  readonly survived: number;
  readonly skipped: string | undefined;
}

async function main(): Promise<number> {
  const whole = await wholeRun(join(folder, 'place'));
  say(
    `seed ${seed}; the run makes ${whole.writes} writes, ${whole.checkpointWrites.length} of them inside checkpoints`,
  );
  const all = [
    ...killCases(whole, seed, 20),
    ...signalCases(whole, seed, 3),
    ...injectedCases(whole, seed, 3),
    ...mountedCases(whole),
    ...damageCases(whole, seed),
    ...surroundingCases(whole),
  ];
  const cases = all.filter(({ name }) => name.includes(words['only'] ?? ''));
  const survived = await tryAll(cases);
  const rows = cases.map(({ name, expects, tries, skipped }, index): Row => {
    return { name, expects, tries: tries.length, survived: survived[index] as number, skipped };
  });
  say(table(rows));
  if (words['only'] === undefined) writeTable(rows);
  return rows.every(({ tries, survived: whole_, skipped }) => skipped !== undefined || tries === whole_) ? 0 : 1;
}

/** How many tries of each case were survived. */
async function tryAll(cases: readonly FaultCase[]): Promise<number[]> {
  const survived = cases.map(() => 0);
  const queue = cases.flatMap(({ name, tries, skipped }, index) =>
    skipped === undefined ? tries.map((attempt, number) => ({ name, index, number, attempt })) : [],
  );
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { name, index, number, attempt } = next;
      const run = join(folder, `run-${index}-${number}`);
      const wrong = await attempt(run).catch((error: unknown) => String(error));
      if (wrong === null) survived[index] = (survived[index] as number) + 1;
      say(
        `${wrong === null ? 'survived' : 'LOST    '} ${name}, try ${number + 1}${wrong === null ? '' : `: ${wrong}`}`,
      );
      if (wrong === null) rmSync(run, { recursive: true, force: true });
    }
  };
  await Promise.all([work(), work()]);
  return survived;
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ name, expects, tries, survived, skipped }) =>
    skipped === undefined
      ? `| ${name} | ${tries} | ${survived} | ${expects} |`
      : `| ${name} | 0 | | skipped: ${skipped} |`,
  );
  return ['| fault | tries | survived | survived means |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function writeTable(rows: readonly Row[]): void {
  const file = fileURLToPath(new URL('../../docs/reference/reliability.md', import.meta.url));
  const machine = `Node ${process.version}, ${process.platform}, ${cpus().length} cores, seed ${seed}`;
  const text = `<!-- faults: written by npm run test:faults -->\n\n${table(rows)}\n\n${machine}.\n\n<!-- /faults -->`;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/<!-- faults:[^]*<!-- \/faults -->/, text));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const code = await main();
say(`${((performance.now() - started) / 1000).toFixed(0)} s`);
if (code === 0) rmSync(folder, { recursive: true, force: true });
else say(`runs that were lost: ${folder}`);
process.exitCode = code;
