import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath, openBrowser } from '../browser/chromium.js';
import { root } from '../e2e/command-line.js';
import { largeRun } from './dashboard/large-run.js';
import { manyRuns } from './dashboard/many-runs.js';

/**
 * `npm run bench -- dashboard [runs=50] [steps=2000] [repetitions=5] [large=10000] --json`
 *
 * The real command and a real browser over a folder of `runs` runs of `steps` steps: first paint and how long each thing a
 * person does takes to be seen. Then over one run of `large` steps with a hundred recorded turns each; `large=0` leaves it
 * out. Writes up to 1.1 GB into a temporary folder and takes it away again.
 */
export default async function bench(settings: Record<string, string>): Promise<Record<string, unknown>> {
  const number = (name: string, standard: number): number => Number(settings[name] ?? standard);
  if (chromiumPath === undefined) throw new Error('no chromium here (Debian: apt-get install chromium)');
  execFileSync('npm', ['run', '--silent', 'build:page', '-w', '@turnwise/dashboard'], { cwd: root, stdio: 'inherit' });
  const folder = mkdtempSync(join(tmpdir(), 'turnwise-dashboard-'));
  const browser = await openBrowser();
  try {
    const large = number('large', 10_000);
    return {
      chromium: browser.version(),
      load: loadavg()[0],
      many: await manyRuns(join(folder, 'many'), browser, {
        runs: number('runs', 50),
        steps: number('steps', 2000),
        repetitions: number('repetitions', 5),
      }),
      ...(large > 0 ? { large: await largeRun(join(folder, 'large'), browser, large) } : {}),
    };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
