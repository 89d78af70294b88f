import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { writeDiceFolder } from './dice-folder.fixture.js';
import { lines, runInProcess, type Outcome } from './in-process.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-cli-'));
const at = (name: string): string => join(folder, name);

const turnwise = (words: string[]): Promise<Outcome> => runInProcess(words, { folder });

beforeAll(() => writeDiceFolder(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('config, plugins and data', () => {
  it('checks, prints and describes configurations', async () => {
    const check = await turnwise(['config', 'check', '-c', 'run.yaml', '--json']);
    expect(lines(check.out)).toMatchObject([{ ok: true, strategy: 'tspo' }]);
    const blind = ['-c', 'run.yaml', '--set', 'training.watchdog.kl={ above: 0.1 }'];
    expect(lines((await turnwise(['config', 'check', ...blind, '--json'])).out)).toMatchObject([
      { ok: true, warnings: [expect.stringContaining('training.watchdog.kl watches update/kl')] },
    ]);
    expect((await turnwise(['config', 'check', ...blind])).out).toContain('\nwarning: --set training.watchdog.kl');
    const printed = await turnwise(['config', 'print', '-c', 'run.yaml', '--set', 'strategy=grpo']);
    expect(printed.out).toMatch(/^# strategy: grpo\nseed: 3\n/);
    writeFileSync(at('printed.yaml'), printed.out);
    expect((await turnwise(['config', 'print', '-c', 'printed.yaml'])).out.split('\n').slice(1)).toEqual(
      printed.out.split('\n').slice(1),
    );
    expect(JSON.parse((await turnwise(['config', 'schema'])).out)).toHaveProperty('properties.rollout');
  });

  it('quotes what a file holds without its control characters', async () => {
    writeFileSync(at('escapes.yaml'), '"\\e[2J\\e]0;title\\a": 1\n');
    const { code, error } = await turnwise(['config', 'check', '-c', 'escapes.yaml']);
    expect(code).toBe(2);
    expect(error).toContain('escapes.yaml:1:1: \\u001b[2J\\u001b]0;title\\u0007 is not a key here.');
  });

  it('lists plugins', async () => {
    const { plugins } = lines((await turnwise(['plugins', 'list', '--json'])).out)[0] as { plugins: object[] };
    expect(plugins).toContainEqual(
      expect.objectContaining({ kind: 'reward', id: 'folr', source: '@turnwise/reward-folr' }),
    );
    expect(plugins).toContainEqual(expect.objectContaining({ kind: 'protocol', id: 'search-r1' }));
  });

  it('writes a generated world', async () => {
    const words = ['data', 'generate', '--out', 'world', '--train-questions', '6', '--eval-questions', '3', '--json'];
    const { code, out } = await turnwise(words);
    expect(code).toBe(0);
    expect(lines(out)).toMatchObject([{ trainQuestions: 6, evalQuestions: 3, folder: at('world') }]);
    expect(lines(readFileSync(at('world/questions.train.jsonl'), 'utf8'))).toHaveLength(6);
  });
});

describe('wrong usage', () => {
  it.each<[string[], string]>([
    [['trian'], "unknown command 'trian'. Did you mean train?"],
    [['eval', '--jsn'], "unknown option '--jsn'. Did you mean --json?"],
    [['search', '-c', 'run.yaml'], "missing required argument 'query'"],
    [['search', '-c', 'run.yaml', 'a', 'b'], 'too many arguments'],
    [['search', '-c', 'run.yaml', 'a', '--top-k', 'x'], 'Expected a whole number of at least 1.'],
    [['train', '--resume'], '--resume needs to know which run'],
    [['train', '-c', 'no.yaml'], 'CONFIG_NOT_FOUND'],
    [['eval', '-c', 'run.yaml', '--set', 'rollout'], 'expected path.to.key=value'],
    [['eval', '-c', 'run.yaml', '--set', 'strategy=none'], 'strategy names no strategy: got "none"'],
    [['eval', '-c', 'run.yaml', '--checkpoint', 'nowhere'], 'RUN_NOT_FOUND'],
    [['eval', '-c', 'run.yaml', '--set', 'search.use=lunar'], 'Did you mean "lunr"?'],
    [
      ['config', 'check', '-c', 'run.yaml', '--set', 'corpus.file=none.jsonl'],
      'DATA_NOT_FOUND: --set corpus.file=none.jsonl',
    ],
    [
      ['config', 'check', '-c', 'run.yaml', '--set', 'reward.with.alpah=1'],
      'reward.with.alpah is not a key here. Did you mean "alpha"?',
    ],
    [['replay', 'none.jsonl', '--strategy', 'grpo'], 'DATA_NOT_FOUND'],
    [['data', 'generate', '--out', 'x', '--difficulty', 'hrd'], 'expected standard or hard'],
    [['data', 'generate', 'wikworld', '--out', 'x'], 'Did you mean "wikiworld"?'],
  ])('%j', async (words, message) => {
    const { code, out, error } = await turnwise(words);
    expect([code, out]).toEqual([2, '']);
    expect(error).toContain(message);
    expect(error.match(/^error /gm)).toHaveLength(1);
  });

  it('shows help: asked for, on stdout and 0; instead of a command, on stderr and 2', async () => {
    expect(await turnwise(['train', '--help'])).toMatchObject({
      code: 0,
      error: '',
      out: expect.stringContaining('--run-dir'),
    });
    expect(await turnwise([])).toMatchObject({ code: 2, out: '', error: expect.stringContaining('Usage: turnwise') });
    expect(await turnwise(['config'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('the process', () => {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));

  function start(words: string[]) {
    const child = spawn(process.execPath, ['--conditions=turnwise-source', '--import', tsx, main, ...words], {
      cwd: folder,
    });
    const result = { out: '', error: '' };
    child.stdout.on('data', (data) => (result.out += String(data)));
    const ended = new Promise<Outcome>((resolve) =>
      child.on('close', (code) => resolve({ code: code ?? -1, ...result })),
    );
    return { child, result, ended };
  }

  it('keeps stdout for the result and ends with the right code', async () => {
    const done = await start(['eval', '-c', 'run.yaml', '--json']).ended;
    expect(done.code).toBe(0);
    expect(lines(done.out)).toHaveLength(1);
    expect(await start(['eval', '-c', 'run.yaml', '--set', 'sed=1', '--json']).ended).toMatchObject({
      code: 2,
      out: '',
    });
  });

  it('answers an interrupt with 130', async () => {
    const words = [
      'train',
      '-c',
      'run.yaml',
      '--run-dir',
      'killed',
      '--set',
      'policy.with.pause=30',
      '--set',
      'training.steps=1000',
    ];
    const { child, ended } = start(words);
    let error = '';
    child.stderr.on('data', (data) => {
      error += String(data);
      if (String(data).includes('before training | exact')) child.kill('SIGINT');
    });
    expect([(await ended).code, error]).toEqual([130, expect.stringContaining('stopped after step 1, saved')]);
    expect(existsSync(at('killed/checkpoints/step-000001/trainer.json'))).toBe(true);
  });
});
