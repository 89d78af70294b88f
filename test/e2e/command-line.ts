import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface CommandResult {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line from the sources, as `npm run turnwise -- ...` does, in the given folder. */
export function turnwise(args: readonly string[], cwd: string): Promise<CommandResult> {
  return startTurnwise(args, cwd).ended;
}

/** The same, for what is to be interrupted as by Ctrl-C. */
export function startTurnwise(
  args: readonly string[],
  cwd: string,
): { readonly ended: Promise<CommandResult>; interrupt(): void } {
  const main = join(root, 'packages/cli/src/main.ts');
  const tsx = join(root, 'node_modules/tsx/dist/loader.mjs');
  const environment = { ...process.env, NODE_OPTIONS: '', INIT_CWD: cwd };
  const child = spawn(process.execPath, ['--conditions=turnwise-source', '--import', tsx, main, ...args], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<CommandResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { ended, interrupt: () => child.kill('SIGINT') };
}

/** A running `turnwise serve`. */
export interface Service {
  readonly url: string;
  /** As Ctrl-C would. */
  interrupt(): void;
  /** As `kill -9` would. */
  crash(): void;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts `turnwise serve` on a free port; resolves when it listens. */
export async function serve(folder: string, ...more: string[]): Promise<Service> {
  const main = join(root, 'packages/cli/src/main.ts');
  const tsx = join(root, 'node_modules/tsx/dist/loader.mjs');
  const words = ['serve', '-c', 'run.yaml', '--port', '0', ...more];
  const child = spawn(process.execPath, ['--conditions=turnwise-source', '--import', tsx, main, ...words], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', INIT_CWD: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const found = /serving (http:\S+):/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then((code) => reject(new Error(`ended with ${code}: ${text}`)));
  });
  return { url, interrupt: () => child.kill('SIGINT'), crash: () => child.kill('SIGKILL'), ended };
}

/** A new folder with the given files, each an object per line (`.jsonl`) or a text. */
export async function folderWith(files: Readonly<Record<string, string | readonly unknown[]>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-e2e-'));
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : content.map((row) => `${JSON.stringify(row)}\n`).join('');
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** A small corpus and questions, enough for every command. */
export const corpusRows = [
  { id: 'p1', title: 'Velkar', text: 'Velkar was written by Tinvek.' },
  { id: 'p2', title: 'Tinvek', text: 'Tinvek was born in Dormun.' },
  { id: 'p3', title: 'Dormun', text: 'Dormun is the twin of Kalsa.' },
];
export const questionRows = [
  { id: 'q1', question: 'Who wrote Velkar?', golden_answers: ['Tinvek'] },
  { id: 'q2', question: 'Where was the author of Velkar born?', golden_answers: ['Dormun'] },
];

/** A configuration over those files that trains one tiny step. */
export const smallConfiguration = `seed: 3
data:
  train: { file: questions.jsonl }
  eval: { file: questions.jsonl }
corpus: { file: corpus.jsonl }
policy: { use: transformer, with: { base: quickstart } }
protocol: { use: search-r1, with: { instructions: '', passage: '{text}' } }
rollout: { questionsPerStep: 2, groupSize: 2, maxTurns: 2, maxTokensPerTurn: 16 }
training: { steps: 1, evalEvery: 0, checkpointEvery: 0 }
`;
