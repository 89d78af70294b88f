import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Logger } from '@turnwise/core';
import { startDashboard, type CreditStrategies, type RunningDashboard } from '@turnwise/server';
import { metricRow, writeRun, type GroupWish } from '../../packages/server/src/dashboard/recorded-run.fixture.js';
import grpo from '@turnwise/advantage-grpo';
import outcome from '@turnwise/reward-outcome';
import tspo from '@turnwise/advantage-tspo';
import folr from '@turnwise/reward-folr';
import { builtPage } from './built-page.js';
import { chromiumPath, openBrowser } from './chromium.js';
import { axeFindings, tabTo } from './page-checks.js';

const whenThereIsABrowser = chromiumPath === undefined ? describe.skip : describe;
if (chromiumPath === undefined) process.stderr.write('skipped: no chromium here (Debian: apt-get install chromium)\n');

const hostile = [
  'It is Paris. <script>window.hacked = 1</script><img src=x onerror="window.hacked = 2">',
  '[click](javascript:window.hacked=3) \u001b[31mred\u001b[0m \u202egnirts\u202c ',
  'x'.repeat(1_000_000),
].join('\n');
const group = (id: string, members: GroupWish['members'], text?: string): GroupWish =>
  text === undefined ? { id, members } : { id, members, text };
const missed = group(
  'q1',
  [
    ['It is the PARIS, of course.', 'Rome'],
    ['Nothing.', 'Rome'],
    ['Nothing.', 'Oslo'],
  ],
  'Where is it?',
);
const solved = group(
  'q1',
  [
    ['It is Paris.', 'Paris'],
    ['Nothing.', 'Rome'],
  ],
  'Where is it?',
);
const bad = group(
  'q2',
  [
    [hostile, 'Rome'],
    ['Nothing.', '<b>Rome</b>'],
  ],
  '<script>window.hacked = 4</script> \u202eWhat?',
);

/** Two of the real strategies, as the command line offers all of them. */
const strategies: CreditStrategies = {
  names: ['tspo', 'grpo'],
  defaultName: 'tspo',
  open: async (name) => {
    const [reward, advantage] = name === 'tspo' ? [folr, tspo] : [outcome, grpo];
    const context = { logger: { warn: () => undefined } } as never;
    const rewardOptions = (await reward.options['~standard'].validate({})) as { value: never };
    const advantageOptions = (await advantage.options['~standard'].validate({})) as { value: never };
    return {
      rewards: [{ name: reward.id, weight: 1, shaper: await reward.create(context, rewardOptions.value) }],
      advantage: { name: advantage.id, estimator: await advantage.create(context, advantageOptions.value) },
    };
  },
};

whenThereIsABrowser('the dashboard in a browser', () => {
  let folder: string;
  let pageFolder: string;
  let browser: Browser;
  let dashboard: RunningDashboard;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    pageFolder = builtPage();
    folder = mkdtempSync(join(tmpdir(), 'turnwise-browser-'));
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
    rmSync(pageFolder, { recursive: true });
  });
  beforeEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    writeRun(join(folder, 'alpha'), { steps: 9, recorded: 4, groups: [[missed, bad], [missed], [solved]] });
    writeRun(join(folder, 'beta'), { steps: 4, recorded: 4, seed: 2, strategy: 'tspo' });
    const logger = { error: (...words: unknown[]) => void complaints.push(words.join(' ')) } as unknown as Logger;
    dashboard = await startDashboard({ folder, page: pageFolder, port: 0, credit: strategies }, logger);
    context = await browser.newContext();
    page = await context.newPage();
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterEach(async () => {
    await context.close();
    await dashboard.close();
    expect(complaints).toEqual([]);
  });
  const open = (address: string) => page.goto(`${dashboard.url}/${address}`);

  it('lists runs, sorts, filters, and lays the curves of chosen ones over one another', async () => {
    await open('#/');
    const names = () => page.locator('tbody tr td:nth-child(2)').allTextContents();
    await page.getByRole('link', { name: 'alpha' }).waitFor();
    await page.getByRole('button', { name: 'run' }).click();
    expect(await names()).toEqual(['alpha', 'beta']);
    await page.getByRole('button', { name: 'run' }).click();
    expect(await names()).toEqual(['beta', 'alpha']);
    await page.getByRole('searchbox').fill('tspo');
    await page.getByText('1 of 2').waitFor();
    await page.getByRole('searchbox').fill('');
    await page.getByRole('checkbox', { name: 'choose alpha' }).check();
    await page.getByRole('checkbox', { name: 'choose beta' }).check();
    await page
      .getByRole('img', { name: /eval\/exact-match, to step 4: alpha ends at 0.4; beta ends at 0.4/ })
      .waitFor();
    await page.getByRole('checkbox', { name: 'Seeds as a band' }).check();
    await page.getByRole('checkbox', { name: 'Log axis' }).check();
    await page.getByRole('img', { name: /grpo, transformer \(1 run\)/ }).waitFor();
    // Two runs: what their configurations say differently.
    expect(await page.getByRole('row', { name: 'training.learningRate' }).textContent()).toContain('0.0010.002');
  });

  it('shows a run that appears, and its curve as it grows', async () => {
    await open('#/');
    await page.getByRole('link', { name: 'alpha' }).waitFor();
    writeRun(join(folder, 'gamma'), { steps: 9, recorded: 1 });
    await page.getByRole('link', { name: 'gamma' }).click();
    await page.getByText('step 1 of 9').waitFor();
    const curve = (step: number) => page.getByRole('img', { name: new RegExp(`^Reward, to step ${step}:`) });
    await curve(1).waitFor();
    for (let step = 2; step <= 4; step++) appendFileSync(join(folder, 'gamma/metrics.jsonl'), metricRow(step));
    await curve(4).waitFor();
    await page.getByText('step 4 of 9').waitFor();
  });

  it('opens a group: gold is marked where it was found, each turn has its advantage, other strategies are a click away', async () => {
    await open('#/run/alpha/groups/1');
    await page.getByRole('link', { name: /Where is it/ }).click();
    await page.getByRole('heading', { name: 'Where is it?' }).waitFor();
    expect(await page.locator('.cell.gold').count()).toBe(1);
    expect(await page.locator('.panel mark').allTextContents()).toEqual(['PARIS']);
    await page.getByText('Yet 1 of the wrong ones had found Paris: near-misses.').waitFor();
    const advantages = () => page.locator('.cell .advantage .number').allTextContents();
    // Recorded by GRPO: nobody is right, nothing is learned.
    await page.getByText('nothing is learned here').waitFor();
    expect(new Set(await advantages())).toEqual(new Set(['0']));
    await page.getByRole('button', { name: 'tspo', exact: true }).click();
    await page.getByText('credited at turn level').waitFor();
    await page.getByText(/Turns that led to gold are credited \+\d/).waitFor();
    expect((await advantages())[0]).toMatch(/\+0\./);
    // Beside it what an outcome alone gives, until somebody wants to see something else.
    await page.locator('.cell .beside').first().waitFor();
    expect(new Set(await page.locator('.cell .beside .number').allTextContents())).toEqual(new Set(['0']));
    await page.getByRole('combobox', { name: 'beside' }).selectOption('nothing');
    await page.locator('.cell .beside').first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'grpo', exact: true }).click();
    await page.getByText('no level: nothing is learned').waitFor();
    await page.getByRole('link', { name: 'next →' }).click();
    await page.getByRole('heading', { name: /What\?$/ }).waitFor();
    await page.getByRole('link', { name: '← previous' }).click();
    await page.getByRole('link', { name: 'this question over time' }).click();
    await page.getByText('Asked 3 times.').waitFor();
    expect(await page.locator('.visits .chip').allTextContents()).toEqual(['◐ near-miss', '◐ near-miss', '◑ mixed']);
  });

  it('finds a question by its words, and reads numbers off a chart', async () => {
    await open('#/run/alpha/questions');
    await page.getByText('2 questions').waitFor();
    await page.getByRole('searchbox').fill('it where');
    await page.getByText('1 question', { exact: true }).waitFor();
    await page.getByRole('link', { name: /Where is it/ }).waitFor();
    await page.getByRole('searchbox').fill('nowhere');
    await page.getByText('0 questions').waitFor();
    await page.getByRole('link', { name: 'curves' }).click();
    const chart = page.locator('.chart').filter({ hasText: 'Groups: share by composition' });
    const box = await chart.locator('.u-over').boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.move(box.x + box.width - 3, box.y + 20);
    await chart.getByText('step 4').waitFor();
    expect(await chart.locator('.legend output').allTextContents()).toEqual(['0.5', '0', '0.3', '0.2', '0.6']);
  });

  it('reads numbers off a chart by arrow keys, and opens the groups of the step by Enter', async () => {
    await open('#/run/alpha/curves');
    const chart = page.locator('.chart').filter({ hasText: 'Groups: share by composition' });
    await chart.locator('canvas').waitFor();
    await chart.getByRole('slider').focus();
    await chart.getByText('step 4').waitFor();
    await page.keyboard.press('Home');
    await chart.getByText('step 1').waitFor();
    await page.keyboard.press('ArrowRight');
    await chart.getByText('step 2').waitFor();
    expect(await chart.getByRole('slider').getAttribute('aria-valuetext')).toBe(
      'step 2; all-wrong 0.5; near-miss 0; mixed 0.3; all-correct 0.2; dead 0.6',
    );
    await page.keyboard.press('Enter');
    await page.getByText('1 of 1 groups').waitFor();
    expect(await page.evaluate(() => location.hash)).toBe('#/run/alpha/groups/2');
  });

  it('draws a chart once it is nearly in sight', async () => {
    await page.setViewportSize({ width: 390, height: 500 });
    await open('#/run/alpha/curves');
    const charts = page.locator('.chart');
    await charts.first().locator('canvas').waitFor();
    expect(await charts.last().locator('canvas').count()).toBe(0);
    await charts.last().scrollIntoViewIfNeeded();
    await charts.last().locator('canvas').waitFor();
    // Nothing reaches beyond the side of a narrow screen.
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  });

  it('treats what models and passages say as text', async () => {
    await open('#/group/alpha/1/1');
    await page.getByRole('heading', { name: /window.hacked/ }).waitFor();
    const text = await page.locator('.panel.observation').textContent();
    expect(text).toContain('<script>window.hacked = 1</script>');
    expect(text).toContain('\u241b[31mred');
    expect(text).toContain('\u27e8U+202E\u27e9gnirts');
    expect(await page.locator('main').innerHTML()).not.toMatch(/[\u202a-\u202e\u001b]/);
    expect(await page.getByRole('button', { name: /Show more/ }).textContent()).toContain('left');
    expect(await page.locator('script:not([src])').count()).toBe(0);
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
  });

  it('says so when a run is deleted underneath', async () => {
    await open('#/run/beta/curves');
    await page.getByText('step 4 of 4').waitFor();
    rmSync(join(folder, 'beta'), { recursive: true });
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('is not here, or no longer');
    await page.getByRole('link', { name: 'All runs' }).click();
    await page.getByRole('link', { name: 'alpha' }).waitFor();
    expect(await page.getByRole('link', { name: 'beta' }).count()).toBe(0);
    complaints = complaints.filter((text) => !text.includes('404'));
  });

  it('needs nothing but the keyboard', async () => {
    await open('#/');
    await page.getByRole('link', { name: 'alpha' }).waitFor();
    await tabTo(page, /^alpha$/);
    await page.keyboard.press('Enter');
    await page.getByText('step 4 of 9').waitFor();
    await tabTo(page, /^groups$/);
    await page.keyboard.press('Enter');
    await page.getByText('1 of 1 groups').waitFor();
    await tabTo(page, /earlier/);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByText('2 of 2 groups').waitFor();
    await tabTo(page, /Where is it/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Where is it?' }).waitFor();
    await tabTo(page, /gold first seen/);
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: 'Trajectory 2, turn 1' }).waitFor();
  });

  it('takes two quick presses for two', async () => {
    await open('#/run/alpha/groups');
    const earlier = page.getByRole('button', { name: 'earlier' });
    await earlier.waitFor();
    // Both before the browser gets to tell the page of its new address.
    await earlier.evaluate(async (button: HTMLElement) => {
      button.click();
      for (let pause = 0; pause < 5; pause++) await Promise.resolve();
      button.click();
    });
    await page.getByText('2 of 2 groups').waitFor();
  });

  it.each(['light', 'dark'] as const)('is accessible as far as axe can tell, in %s', async (colorScheme) => {
    const lenient = await browser.newContext({ bypassCSP: true, colorScheme });
    const checked = await lenient.newPage();
    for (const address of [
      '#/',
      '#/run/alpha/curves',
      '#/run/alpha/groups/1',
      '#/run/alpha/questions',
      '#/run/alpha/config',
      '#/group/alpha/1/0',
      '#/question/alpha/q1',
    ]) {
      await checked.goto('about:blank');
      await checked.goto(`${dashboard.url}/${address}`);
      await checked.locator('main h1').waitFor();
      await checked.waitForTimeout(300);
      const violations = await axeFindings(checked);
      expect({ address, violations }).toEqual({ address, violations: [] });
    }
    await lenient.close();
  });
});
