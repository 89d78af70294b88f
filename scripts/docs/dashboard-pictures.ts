/**
 * Takes the pictures of the dashboard for README and guides from a real run, in a real browser:
 *
 *     npm run docs:pictures [-- RUNS_FOLDER]
 *
 * Without a folder it first trains the quickstart's hard questions for 12 steps. Needs Debian's chromium.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { RunViews } from '@turnwise/server';
import { startDashboardProcess } from '../../test/e2e/dashboard-process.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

function trainedRuns(folder: string): void {
  const words = [
    'run',
    '--silent',
    'quickstart',
    '--',
    '--set',
    'corpus.difficulty=hard',
    '--set',
    'training.steps=12',
  ];
  execFileSync('npm', [...words, '--run-dir', join(folder, 'tspo-hard')], { cwd: root, stdio: 'inherit' });
}

/** The group that shows most: nobody right, half of them had seen gold, and late. */
async function tellingGroup(folder: string): Promise<string> {
  const views = new RunViews(folder);
  const candidates = [];
  for (const { name } of await views.rows()) {
    const run = await views.find(name);
    for (const step of (await run?.groups.steps()) ?? []) {
      for (const group of (await run?.groups.summaries(step)) ?? []) candidates.push({ name, step, ...group });
    }
  }
  const wrong = candidates.filter(({ composition, level }) => composition === 'all-wrong' && level === 'turn');
  const tension = ({ nearMisses, trajectories, turns }: (typeof wrong)[number]): number =>
    1000 * nearMisses * (trajectories - nearMisses) + turns;
  const [best] = wrong.sort((one, other) => tension(other) - tension(one));
  if (best === undefined) throw new Error(`no all-wrong group with a near-miss in ${folder}`);
  return `#/group/${encodeURIComponent(best.name)}/${best.step}/${best.index}`;
}

const given = process.argv[2];
const folder = given ?? mkdtempSync(join(tmpdir(), 'turnwise-pictures-'));
if (given === undefined) trainedRuns(folder);
// The command itself, because it has the strategies that groups are credited by.
const dashboard = await startDashboardProcess(folder);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const take = async (file: string, address: string, width: number, prepare?: (page: Page) => Promise<void>) => {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: 'light' });
  await page.goto(`${dashboard.url}/${address}`);
  await page.locator('main h1').waitFor();
  await prepare?.(page);
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(root, 'docs/guides', file), fullPage: true });
  await page.close();
};
await take('dashboard-group.png', await tellingGroup(folder), 1340, async (page) => {
  await page.locator('.cell .beside').first().waitFor();
});
const [first] = await new RunViews(folder).rows();
await take('dashboard-run.png', `#/run/${encodeURIComponent(first?.name ?? '')}/curves`, 1180);
await browser.close();
await dashboard.close();
if (given === undefined) rmSync(folder, { recursive: true });
