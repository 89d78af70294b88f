import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { pageFolder } from '@turnwise/dashboard';
import { writeRunReport } from '@turnwise/server';
import { writeRun, type GroupWish } from '../../packages/server/src/dashboard/recorded-run.fixture.js';
import { turnwise } from '../e2e/command-line.js';
import { chromiumPath, openBrowser } from './chromium.js';
import { axeFindings, tabTo } from './page-checks.js';

const whenThereIsABrowser = chromiumPath === undefined ? describe.skip : describe;
if (chromiumPath === undefined) process.stderr.write('skipped: no chromium here (Debian: apt-get install chromium)\n');

const hostile = [
  'It is Paris. </script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 2">',
  '<!--<script> \u2028\u2029 <link rel=stylesheet href=http://127.0.0.1:9/x> [click](javascript:window.hacked=3)',
  '\u001b[31mred\u001b[0m \u202egnirts\u202c ',
  'x'.repeat(1_000_000),
].join('\n');
const asked = 'Where is it?';
const missed: GroupWish = {
  id: 'q1',
  text: asked,
  members: [
    ['It is the PARIS, of course.', 'Rome'],
    ['Nothing.', 'Rome'],
    ['Nothing.', 'Oslo'],
  ],
};
const solved: GroupWish = {
  id: 'q1',
  text: asked,
  members: [
    ['It is Paris.', 'Paris'],
    ['Nothing.', 'Rome'],
  ],
};
const bad: GroupWish = {
  id: '__proto__',
  text: '</script><script>window.hacked = 4</script> \u202eWhat?',
  members: [
    [hostile, 'Rome'],
    ['Nothing.', '<b>Rome</b>'],
  ],
};

whenThereIsABrowser('report.html in a browser', () => {
  let folder: string;
  let file: string;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  let requests: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'turnwise-report-browser-'));
    browser = await openBrowser();
    const run = join(folder, 'alpha');
    writeRun(run, { steps: 9, recorded: 4, groups: [[missed, bad], [missed], [solved]] });
    // The command credits the groups held by the strategies that come with Turnwise.
    const { code, stdout, stderr } = await turnwise(['report', run, '--json'], folder);
    expect([code, stderr]).toEqual([0, '']);
    file = (JSON.parse(stdout) as { file: string }).file;
    // As somebody has it who was sent it: nothing of the run is beside it.
    copyFileSync(file, join(folder, 'sent.html'));
    file = join(folder, 'sent.html');
    rmSync(run, { recursive: true });
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    complaints = [];
    requests = [];
    context = await browser.newContext();
    page = await watched(await context.newPage());
  });
  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
    // The file itself, and nothing else.
    expect(new Set(requests)).toEqual(new Set([pathToFileURL(file).href]));
  });
  const watched = async (opened: Page): Promise<Page> => {
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    opened.on('request', (request) => requests.push(request.url().replace(/#.*/, '')));
    // A policy that was broken is reported here, also where nothing is printed.
    await opened.addInitScript(() => {
      const broken: string[] = [];
      Object.assign(window, { broken });
      addEventListener('securitypolicyviolation', ({ violatedDirective }) => broken.push(violatedDirective));
    });
    return opened;
  };
  const open = async (address = ''): Promise<void> => {
    await page.goto(`${pathToFileURL(file).href}${address}`);
    await page.locator('main h1').waitFor();
  };
  const violations = () => page.evaluate(() => (window as unknown as { broken: string[] }).broken);

  it('opens with the curves of its run and says what it holds', async () => {
    await open();
    await page.getByRole('heading', { name: 'alpha stopped' }).waitFor();
    await page.getByText('step 4 of 9').waitFor();
    await page.getByRole('img', { name: /^Held-out questions, to step 4: eval\/exact-match ends at 0.4/ }).waitFor();
    await page.getByRole('img', { name: /^Groups: share by composition/ }).waitFor();
    await page.locator('.chart canvas').nth(3).waitFor();
    expect(await page.getByRole('row', { name: /exact match/ }).allTextContents()).toEqual(['exact match0.0%40.0%']);
    expect(await page.getByRole('region', { name: 'What this report holds' }).textContent()).toMatch(
      /the metrics of every step; 4 sampled groups from 3 of 3 steps; the history of every question\. Long texts are shortened/,
    );
    expect(await page.getByRole('link', { name: 'Runs', exact: true }).count()).toBe(0);
    await page.getByRole('link', { name: 'config' }).click();
    await page.getByText('"learningRate": 0.001').waitFor();
    expect(await violations()).toEqual([]);
  });

  it('opens a group, with gold marked, credited by any strategy, and its question over time', async () => {
    await open('#/run/alpha/groups/1');
    await page.getByText('2 of 2 groups').waitFor();
    await page.getByRole('link', { name: /Where is it/ }).click();
    await page.getByRole('heading', { name: asked }).waitFor();
    expect(await page.locator('.cell.gold').count()).toBe(1);
    expect(await page.locator('.panel mark').allTextContents()).toEqual(['PARIS']);
    const advantages = () => page.locator('.cell .advantage .number').allTextContents();
    expect(new Set(await advantages())).toEqual(new Set(['0']));
    await page.getByRole('button', { name: 'tspo', exact: true }).click();
    await page.getByText('credited at turn level').waitFor();
    expect((await advantages())[0]).toMatch(/\+0\./);
    // What an outcome alone would have given stands beside it, offline as well.
    await page.locator('.cell .beside').first().waitFor();
    await page.getByRole('button', { name: 'grpo', exact: true }).click();
    await page.getByText('no level: nothing is learned').waitFor();
    await page.getByRole('link', { name: 'this question over time' }).click();
    await page.getByText('Asked 3 times.').waitFor();
    expect(await page.locator('.visits .chip').allTextContents()).toEqual(['◐ near-miss', '◐ near-miss', '◑ mixed']);
    await page.getByRole('link', { name: /step 3/ }).click();
    await page.getByText('/ group 0').waitFor();
    // An address of a step that is not held leads to the nearest that is.
    await open('#/run/alpha/groups/900');
    await page.getByText('1 of 1 groups').waitFor();
    expect(await page.getByRole('spinbutton').inputValue()).toBe('3');
    await page.goto(`${pathToFileURL(file).href}#/group/alpha/2/7`);
    await page.getByRole('alert').getByText('This report does not hold that part of the run.').waitFor();
    expect(await violations()).toEqual([]);
  });

  it('treats what models and passages say as text', async () => {
    await open('#/group/alpha/1/1');
    await page.getByRole('heading', { name: /window.hacked/ }).waitFor();
    await page.getByRole('button', { name: /Show more/ }).click();
    const text = await page.locator('.panel.observation').textContent();
    expect(text).toContain('</script><script>window.hacked = 1</script>');
    expect(text).toContain('\u241b[31mred');
    expect(text?.slice(-60)).toMatch(/[0-9]+ more characters are not in this report/);
    expect(await page.locator('main').innerHTML()).not.toMatch(/[\u202a-\u202e\u001b]/);
    await page.getByRole('link', { name: 'this question over time' }).click();
    await page.getByText('Asked once.').waitFor();
    // Its code and its data; style in one place.
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('img, iframe, object, embed, form[action], a[href^="javascript"]').count()).toBe(0);
    expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
    expect(await violations()).toEqual([]);
  });

  it('lets nothing else run or be asked for, whoever put it there', async () => {
    await open();
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.hacked = 5';
      document.body.append(script);
      document.body.setAttribute('onclick', 'window.hacked = 6');
      document.body.click();
      const image = new Image();
      image.src = 'http://127.0.0.1:9/x.png';
      document.body.append(image);
    });
    const refused = await page.evaluate(() => fetch('http://127.0.0.1:9/').catch((error: unknown) => String(error)));
    expect(refused).toContain('TypeError');
    expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
    expect(new Set((await violations()).map((directive) => directive.replace(/-(elem|attr)$/, '')))).toEqual(
      new Set(['script-src', 'img-src', 'connect-src']),
    );
    // What the browser printed about that.
    complaints = complaints.filter((text) => !text.includes('Content Security Policy'));
    requests = requests.filter((address) => !address.startsWith('http://127.0.0.1:9/'));
  });

  it('needs nothing but the keyboard', async () => {
    await open();
    await tabTo(page, /^groups$/);
    await page.keyboard.press('Enter');
    await page.getByText('1 of 1 groups').waitFor();
    await tabTo(page, /Where is it/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: asked }).waitFor();
    await tabTo(page, /^tspo$/);
    await page.keyboard.press('Enter');
    await tabTo(page, /gold first seen/);
    for (const key of ['ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: 'Trajectory 1, turn 1' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('is accessible as far as axe can tell, in %s', async (colorScheme) => {
    const lenient = await browser.newContext({ bypassCSP: true, colorScheme });
    const checked = await watched(await lenient.newPage());
    const places: readonly (readonly [address: string, shown: string])[] = [
      ['', '.chart canvas'],
      ['#/run/alpha/groups/1', '.virtual .row'],
      ['#/run/alpha/questions', '.virtual .row'],
      ['#/run/alpha/config', 'pre'],
      ['#/run/alpha/events', 'main h2'],
      ['#/group/alpha/1/0', '.matrix'],
      ['#/question/alpha/q1', '.visits'],
    ];
    for (const [address, shown] of places) {
      await checked.goto('about:blank');
      await checked.goto(`${pathToFileURL(file).href}${address}`);
      await checked.locator(shown).first().waitFor();
      const found = await axeFindings(checked);
      expect({ address, found }).toEqual({ address, found: [] });
    }
    await lenient.close();
    requests = requests.filter((address) => address !== 'about:blank');
  });
});

whenThereIsABrowser('what `turnwise train` leaves', () => {
  it('is a report that opens', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'turnwise-report-train-'));
    const browser = await openBrowser();
    try {
      const run = join(folder, 'first');
      const words = ['train', '--run-dir', run, '-c', join(pageFolder, '../../cli/configs/quickstart.yaml')];
      const small = ['training.steps=2', 'rollout.questionsPerStep=3', 'rollout.groupSize=2', 'training.evalEvery=0'];
      const trained = await turnwise([...words, ...small.flatMap((one) => ['--set', one])], folder);
      expect(trained).toMatchObject({ code: 0 });
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(pathToFileURL(join(run, 'report.html')).href);
      await page.getByRole('heading', { name: 'first finished' }).waitFor();
      await page.getByRole('img', { name: /^Reward, to step 2: reward\/outcome-mean ends at/ }).waitFor();
      await page.getByRole('link', { name: 'groups' }).click();
      await page.getByText('3 of 3 groups').waitFor();
      await page.locator('.virtual a').first().click();
      await page.locator('.matrix .cell').first().waitFor();
      await page.getByRole('button', { name: 'outcome-only' }).click();
      await page.locator('.tokens').waitFor();
      expect(complaints).toEqual([]);
      // The same again, by the function that programs call, into a run whose report was lost.
      rmSync(join(run, 'report.html'));
      expect(await writeRunReport(run, pageFolder)).toBe(join(run, 'report.html'));
      await page.goto(pathToFileURL(join(run, 'report.html')).href);
      await page.getByRole('heading', { name: 'first finished' }).waitFor();
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});
