import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface RunToMake {
  readonly strategy: string;
  readonly seed: number;
  readonly difficulty: string;
  readonly folder: string;
  readonly set: string | undefined;
}

/** Trains once through the real command line; resolves to its wall time in seconds. */
export async function runTraining(root: string, run: RunToMake): Promise<number> {
  const settings = [
    `corpus.difficulty=${run.difficulty}`,
    `strategy=${run.strategy}`,
    `seed=${run.seed}`,
    ...(run.set === undefined ? [] : [run.set]),
  ];
  const args = [
    '--conditions=turnwise-source',
    '--import',
    'tsx',
    join(root, 'packages/cli/src/main.ts'),
    'train',
    '-c',
    join(root, 'packages/cli/configs/quickstart.yaml'),
    ...settings.flatMap((setting) => ['--set', setting]),
    '--run-dir',
    run.folder,
    '--json',
  ];
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`training ${run.folder} ended with exit code ${code}`));
    });
  });
  return (performance.now() - started) / 1000;
}
