import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runInProcess, type Outcome } from '../in-process.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-compare-'));
afterAll(() => rmSync(folder, { recursive: true }));

const found = '<search> x </search>\n\n<information>Bonn is old.</information>\n\n<answer> Rome </answer>';
beforeAll(() => {
  const rows = [
    { question: 'Where?', answers: ['Bonn'], responses: [found, '<answer> Rome </answer>'] },
    { question: 'Where?', answers: ['Bonn'], responses: ['<answer> Bonn </answer>', '<answer> Rome </answer>'] },
  ];
  writeFileSync(join(folder, 't.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  writeFileSync(
    join(folder, 'own.yaml'),
    'strategies:\n  mine:\n    reward: { use: folr, with: { alpha: 0.25 } }\n    advantage: { use: outcome }\n',
  );
});

const compare = (...words: string[]): Promise<Outcome> => runInProcess(['compare-credit', ...words], { folder });

describe('compare-credit', () => {
  it('prints one JSON object, and writes a page when asked', async () => {
    const { code, out } = await compare(
      't.jsonl',
      '--strategies',
      'tspo, grpo',
      '--json',
      '--html',
      'made/credit.html',
    );
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject({
      file: join(folder, 't.jsonl'),
      groups: 2,
      strategies: [
        { name: 'tspo', deadGroups: 0, groups: { 'all-wrong': { total: 1, withSignal: 1 } } },
        { name: 'grpo', deadGroups: 1, groups: { 'all-wrong': { total: 1, withSignal: 0 } } },
      ],
      pairs: [{ names: ['tspo', 'grpo'], opposite: 0, onlyFirst: 2, onlySecond: 0 }],
    });
    expect(readFileSync(join(folder, 'made/credit.html'), 'utf8')).toContain('t.jsonl');
  });

  it('takes strategies of the configuration, and says which strategies it does not know', async () => {
    const { code, out } = await compare(
      't.jsonl',
      '-c',
      'own.yaml',
      '--strategies',
      'mine,outcome-only',
      '--examples',
      '0',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/mine +outcome-only/);
    const unknown = await compare('t.jsonl', '--strategies', 'tspo,gropo', '--html', 'none.html');
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.error).toMatch(/CONFIG_INVALID[^]*gropo[^]*grpo/);
    expect(existsSync(join(folder, 'none.html'))).toBe(false);
  });

  it.each([
    [['t.jsonl', '--strategies', 'tspo,,grpo'], /has an empty name/],
    [['t.jsonl', '--strategies', 'tspo,tspo'], /names a strategy twice/],
    [['t.jsonl', '--strategies', 'tspo', '--html', './t.jsonl'], /would overwrite the recorded groups/],
    [['t.jsonl'], /--strategies/],
  ])('refuses %j', async (words, message) => {
    const { code, out, error } = await compare(...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toMatch(/^error CONFIG_USAGE/);
    expect(error).toMatch(message);
    expect(readFileSync(join(folder, 't.jsonl'), 'utf8')).toContain('Bonn');
  });
});
