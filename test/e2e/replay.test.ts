import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { folderWith, root, turnwise } from './command-line.js';
import { turnwiseHere } from './command-line-here.js';

const page = join(root, 'docs/credit/strategies.md');
const transcripts = join(root, 'docs/credit/examples/transcripts.jsonl');
const group = {
  question: { id: 'q1', text: 'Where?', answers: ['Bonn'] },
  trajectories: [
    { turns: [{ output: { text: 'x' }, action: { kind: 'answer', text: 'x' } }], answer: 'x', stopReason: 'answered' },
  ],
};

describe('the examples of the page on strategies', () => {
  it('print what the page says they print', async () => {
    const sections = (await readFile(page, 'utf8')).matchAll(
      /```sh\nturnwise (.*)\n```\n(?:\n[^`]*)?\n```text\n([^]*?)\n```/g,
    );
    const examples = [...sections].map(([, command = '', output = '']) => ({ words: command.split(' '), output }));
    expect(examples.map(({ words }) => words[0])).toEqual(['replay', 'compare-credit', 'compare-credit']);
    const folder = await folderWith({});
    for (const { words, output } of examples) {
      const placed = words.map((word) => (word.startsWith('docs/') ? join(root, word) : word));
      // The first goes the whole way.
      const call = words === examples[0]?.words ? turnwise : turnwiseHere;
      const { code, stdout, stderr } = await call(placed, folder);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(output);
    }
    const html = await readFile(join(folder, 'credit.html'), 'utf8');
    expect(html).toMatch(/^<!doctype html>[^]*tspo-dense[^]*<\/html>\n$/);
  });
});

describe('a misspelt strategy', () => {
  it.each([
    [['replay', 'groups', '--strategy', 'tpso'], '--strategy tpso'],
    [['compare-credit', 'groups', '--strategies', 'grpo,tpso'], '--strategies grpo,tpso'],
    [['compare', '-c', 'run.yaml', '--strategies', 'grpo,tpso', '--run-dir', 'runs'], '--strategies grpo,tpso'],
  ])('%j is said as it was typed', async (words, typed) => {
    const folder = await folderWith({ 'run.yaml': '{}\n' });
    const { code, stdout, stderr } = await turnwiseHere(words, folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(
      `error CONFIG_INVALID: ${typed}: strategy names no strategy: got "tpso". Did you mean "tspo"?`,
    );
  });
});

describe('replay and compare-credit, given', () => {
  const line = JSON.stringify(group);
  const later = `${line}\n${line}\n`;
  it.each([
    [
      'a malformed value',
      `${line}\n${line.replace('"answered"', '"bored"')}\n`,
      /groups:2: trajectories\[0\]\.stopReason: /,
    ],
    ['a file cut in the middle of a line', later.slice(0, -30), /groups:2: .*cut off in trajectories\[0\]\.answer/],
    ['a binary file', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x0a, 0xff]), /groups:1: the line is not valid UTF-8/],
    [
      'a foreign file',
      '{"id": "p1", "contents": "a passage"}\n',
      /groups:1: trajectories: expected .* got the keys id, contents/,
    ],
  ])('%s, name line and field, and write nothing', async (name, content, message) => {
    const folder = await folderWith({});
    await writeFile(join(folder, 'groups'), content);
    const compares = name.startsWith('a m') || name.startsWith('a f');
    const words = compares
      ? ['compare-credit', 'groups', '--strategies', 'tspo,grpo', '--html', 'credit.html', '--json']
      : ['replay', 'groups', '--explain', '--json'];
    const { code, stdout, stderr } = await turnwiseHere(words, folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error DATA_INVALID: /);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').filter((text) => text.startsWith('error'))).toHaveLength(1);
    expect(existsSync(join(folder, 'credit.html'))).toBe(false);
  });

  it('transcripts and recorded groups of the same rollouts, say the same', async () => {
    const folder = await folderWith({});
    const imported = await turnwiseHere(['replay', transcripts, '--strategy', 'tspo', '--explain', '--json'], folder);
    await writeFile(join(folder, 'recorded.jsonl'), imported.stdout);
    const again = await turnwiseHere(['replay', 'recorded.jsonl', '--strategy', 'tspo', '--explain', '--json'], folder);
    expect(again.code).toBe(0);
    const rows = (text: string): unknown[] =>
      text
        .trim()
        .split('\n')
        .map((row) => JSON.parse(row) as unknown);
    expect(rows(again.stdout)).toEqual(rows(imported.stdout));
    const [first] = rows(again.stdout);
    expect(first).toMatchObject({
      question: { id: 'q1' },
      explanation: {
        composition: 'all-wrong',
        level: 'turn',
        trajectories: [{ goldSeen: { turn: 1, answer: 'Bonn' } }, {}, {}, {}],
      },
    });
  });
});
