import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { round } from '../engine/spread.js';
import { startDashboardProcess, type DashboardProcess } from '../../e2e/dashboard-process.js';
import { pageOf } from './many-runs.js';
import { reactionTo } from './page-probe.js';
import { Reactions } from './reactions.js';
import { writeRecordedRun } from './recorded-runs.js';

/** A hundred turns a step: ten thousand steps are a million turns. */
const shape = { groups: 4, trajectories: 8, turns: 100, tokens: 8, questions: 2000 };

/** One very long run: what it takes to open it, its groups and its questions, and the memory of server and page. */
export async function largeRun(folder: string, browser: Browser, steps: number): Promise<Record<string, unknown>> {
  const started = performance.now();
  const bytes = writeRecordedRun(join(folder, 'long'), { steps, seed: 1, strategy: 'tspo', recorded: steps, shape });
  const generatedSeconds = Math.round((performance.now() - started) / 1000);
  const dashboard = await startDashboardProcess(folder);
  try {
    const memory: Record<string, unknown> = { atStart: dashboard.memory() };
    const page = await pageOf(browser);
    const work = await workThrough(dashboard, page, steps, memory);
    await page.context().close();
    const generated = { steps, turns: steps * shape.turns, gigabytes: round(bytes / 1e9), generatedSeconds };
    return { ...generated, ...work, memory };
  } finally {
    await dashboard.close();
  }
}

async function workThrough(
  dashboard: DashboardProcess,
  page: Page,
  steps: number,
  memory: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const reactions = new Reactions();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const note = async (name: string): Promise<void> => {
    memory[name] = { server: dashboard.memory(), pageMegabytes: await heapOf(session) };
  };
  const clicked = (name: string, role: 'button' | 'link' | 'checkbox', text: string) =>
    reactions.add(name, () =>
      reactionTo(page, 'click', () => page.getByRole(role, { name: text, exact: true }).first().click()),
    );
  const openGroup = (name: string, place: number) =>
    reactions.add(name, () => reactionTo(page, 'click', () => page.locator('.virtual a').nth(place).click()));

  await page.goto(`${dashboard.url}/`);
  await page.getByRole('link', { name: 'long', exact: true }).waitFor();
  await clicked('open the run', 'link', 'long');
  await page.getByRole('slider', { name: 'Smoothing' }).focus();
  for (let press = 0; press < 5; press++)
    await reactions.add('smoothing, a notch', () =>
      reactionTo(page, 'keydown', () => page.keyboard.press('ArrowRight')),
    );
  await note('curves');
  await clicked('groups, the newest step', 'link', 'groups');
  await openGroup('first group', 0);
  await page.goBack();
  await page.getByRole('spinbutton').fill(String(Math.round(steps / 2)));
  await clicked('groups, a step far in', 'button', 'Go');
  await openGroup('a group far in', 2);
  await note('groups');
  await page.goBack();

  // From here on all groups are read once, while somebody goes on working.
  const scanned = performance.now();
  await page.getByRole('link', { name: 'questions', exact: true }).click();
  await page.locator('.virtual a').first().waitFor();
  const firstQuestions = performance.now() - scanned;
  await clicked('groups, while all are read', 'link', 'groups');
  for (let press = 0; press < 5; press++) await clicked('earlier step, while all are read', 'button', '← earlier');
  await openGroup('a group, while all are read', 1);
  await clicked('question over time, while all are read', 'link', 'this question over time');
  const stillReading = (await page.getByText('steps read so far').count()) > 0;
  await page.goBack();
  await page.goBack();
  await page.getByRole('link', { name: 'questions', exact: true }).click();
  await page.locator('.virtual a').first().waitFor();
  await page.getByText('steps read so far').waitFor({ state: 'detached', timeout: 300_000 });
  const allRead = performance.now() - scanned;
  await page.locator('.virtual').hover();
  for (let turn = 0; turn < 5; turn++)
    await reactions.add('scroll the questions', () => reactionTo(page, 'wheel', () => page.mouse.wheel(0, 600)));
  await reactions.add('a question over time', () =>
    reactionTo(page, 'click', () => page.locator('.virtual a').nth(10).click()),
  );
  await note('questions');
  return {
    reactions: reactions.summary(),
    questions: { firstMilliseconds: round(firstQuestions, 0), allReadSeconds: round(allRead / 1000, 1), stillReading },
  };
}

/** Megabytes of the page's JavaScript after a full collection. */
async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const used = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? NaN;
  return round(used / 1e6, 1);
}
