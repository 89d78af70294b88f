import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { spread, type Spread } from '../engine/spread.js';
import { startDashboardProcess, type DashboardProcess } from '../../e2e/dashboard-process.js';
import { installProbe, reactionTo } from './page-probe.js';
import { Reactions } from './reactions.js';
import { writeRecordedRun } from './recorded-runs.js';

const strategyNames = ['tspo', 'grpo', 'gae', 'mt-grpo', 'igpo'];

/** A folder of many runs: first paint with a server that has read nothing yet, then what a person does. */
export async function manyRuns(
  folder: string,
  browser: Browser,
  { runs, steps, repetitions }: { readonly runs: number; readonly steps: number; readonly repetitions: number },
): Promise<Record<string, unknown>> {
  const started = performance.now();
  const shape = { groups: 64, trajectories: 8, turns: 64 * 8 * 3, tokens: 12, questions: 400 };
  for (let run = 0; run < runs; run++) {
    const strategy = strategyNames[run % strategyNames.length] as string;
    const seed = Math.floor(run / strategyNames.length);
    // Two have groups to open.
    const recorded = run < 2 ? 10 : 0;
    writeRecordedRun(join(folder, `${strategy}-seed-${seed}`), { steps, seed, strategy, recorded, shape });
  }
  const generatedSeconds = Math.round((performance.now() - started) / 1000);
  const opening = await firstPaints(folder, browser, repetitions);
  const dashboard = await startDashboardProcess(folder);
  try {
    const reactions = await workThrough(dashboard, browser, repetitions);
    return { runs, steps, generatedSeconds, opening, reactions: reactions.summary(), server: dashboard.memory() };
  } finally {
    await dashboard.close();
  }
}

/** Milliseconds from the start of the navigation: a new server and a new profile each time. */
async function firstPaints(folder: string, browser: Browser, repetitions: number): Promise<Record<string, Spread>> {
  const paint: number[] = [];
  const contentful: number[] = [];
  const cold: number[] = [];
  const warm: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const dashboard = await startDashboardProcess(folder);
    for (const tables of [cold, warm]) {
      const page = await pageOf(browser);
      await page.goto(`${dashboard.url}/`);
      await page.locator('tbody tr').first().waitFor();
      await page.waitForTimeout(200);
      const times = await page.evaluate(() => ({
        table: (window as unknown as { tableAt: number }).tableAt,
        entries: performance.getEntriesByType('paint').map(({ name, startTime }) => [name, startTime] as const),
      }));
      const entries = new Map(times.entries);
      tables.push(times.table);
      if (tables === cold) {
        paint.push(entries.get('first-paint') ?? NaN);
        contentful.push(entries.get('first-contentful-paint') ?? NaN);
      }
      await page.context().close();
    }
    await dashboard.close();
  }
  return {
    firstPaint: spread(paint, 0),
    firstContentfulPaint: spread(contentful, 0),
    tableVisibleNewServer: spread(cold, 0),
    tableVisible: spread(warm, 0),
  };
}

/** A page with a profile of its own. */
export async function pageOf(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  // The compiler of the benchmark names functions with a helper that is not in the page.
  await context.addInitScript('globalThis.__name = (named) => named');
  await context.addInitScript(installProbe);
  return context.newPage();
}

async function workThrough(dashboard: DashboardProcess, browser: Browser, repetitions: number): Promise<Reactions> {
  const reactions = new Reactions();
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const page = await pageOf(browser);
    const clicked = (name: string, role: 'button' | 'link' | 'checkbox', text: string | RegExp) =>
      reactions.add(name, () =>
        reactionTo(page, 'click', () =>
          page
            .getByRole(role, { name: text, exact: typeof text === 'string' })
            .first()
            .click(),
        ),
      );
    const pressed = (name: string, key: string) =>
      reactions.add(name, () => reactionTo(page, 'keydown', () => page.keyboard.press(key)));
    const hovered = async (name: string) => {
      const box = await page.locator('.u-over').first().boundingBox();
      if (box === null) throw new Error('no chart');
      for (let part = 1; part < 5; part++) {
        await reactions.add(name, () =>
          reactionTo(page, 'pointermove', () => page.mouse.move(box.x + (box.width * part) / 5, box.y + 60)),
        );
      }
    };
    await page.goto(`${dashboard.url}/`);
    await page.getByRole('link', { name: 'tspo-seed-0' }).waitFor();
    await page.waitForTimeout(300);
    await clicked('sort', 'button', 'exact match');
    await clicked('sort', 'button', 'run');
    await page.getByRole('searchbox').focus();
    for (const key of 'tspo') await pressed('filter, a key', key);
    await page.getByRole('searchbox').fill('');
    await clicked('choose a run', 'checkbox', 'choose tspo-seed-0');
    for (let seed = 1; seed < 5; seed++) await clicked('choose one more', 'checkbox', `choose tspo-seed-${seed}`);
    for (let seed = 0; seed < 5; seed++) await clicked('choose one more', 'checkbox', `choose grpo-seed-${seed}`);
    await page.locator('select').first().selectOption('reward/outcome-mean');
    await page.waitForTimeout(300);
    for (let twice = 0; twice < 2; twice++) await clicked('bands over seeds', 'checkbox', 'Seeds as a band');
    for (let twice = 0; twice < 2; twice++) await clicked('log axis', 'checkbox', 'Log axis');
    await page.getByRole('slider', { name: 'Smoothing' }).focus();
    for (let press = 0; press < 5; press++) await pressed('smoothing, a notch', 'ArrowRight');
    await hovered('hover over ten runs');
    await clicked('choose all', 'checkbox', 'choose all that are shown');
    await page.getByRole('slider', { name: 'Smoothing' }).focus();
    for (let press = 0; press < 3; press++) await pressed('smoothing all runs, a notch', 'ArrowRight');
    await hovered('hover over all runs');
    await page.getByRole('searchbox').focus();
    for (const key of 'grpo') await pressed('filter with all chosen, a key', key);
    await page.getByRole('searchbox').fill('');
    await clicked('open a run', 'link', 'tspo-seed-0');
    await page.getByRole('slider', { name: 'Smoothing' }).focus();
    for (let press = 0; press < 5; press++) await pressed('smoothing of a run, a notch', 'ArrowRight');
    await clicked('log axis of a run', 'checkbox', 'Log axis');
    await hovered('hover over a run');
    for (const tab of ['events', 'config', 'groups', 'questions', 'groups']) await clicked(`tab ${tab}`, 'link', tab);
    for (let press = 0; press < 3; press++) await clicked('earlier step', 'button', '← earlier');
    for (let press = 0; press < 3; press++) await clicked('later step', 'button', 'later →');
    const list = page.locator('.virtual');
    await list.hover();
    for (let turn = 0; turn < 5; turn++)
      await reactions.add('scroll the groups', () => reactionTo(page, 'wheel', () => page.mouse.wheel(0, 400)));
    await reactions.add('open a group', () =>
      reactionTo(page, 'click', () => page.locator('.virtual a').nth(8).click()),
    );
    await page.locator('.cell[tabindex="0"]').focus();
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowLeft']) await pressed('next turn', key);
    const strategies = page.getByRole('group', { name: 'Credited by' }).getByRole('button');
    for (let place = 1; place < 4; place++)
      await reactions.add('credit by another strategy', () =>
        reactionTo(page, 'click', () => strategies.nth(place).click()),
      );
    await clicked('question over time', 'link', 'this question over time');
    await page.context().close();
  }
  return reactions;
}
