import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Logger, Passage } from '@turnwise/core';
import { buildIndex } from './build-index.js';
import { buildOffThread, inWorker } from './build-in-worker.js';
import { decodeIndex } from './index-file.js';
import { indexKey } from './index-key.js';
import { loadIndex } from './load-index.js';

const root = mkdtempSync(join(tmpdir(), 'turnwise-index-'));
afterAll(() => rmSync(root, { recursive: true }));

const weighting = { titleBoost: 1, k1: 1.2, b: 0.75 };
const signal = new AbortController().signal;
const corpus: Passage[] = [
  { id: 'a', title: 'Timber Falls', text: 'A film by Tony Giglio.' },
  { id: 'b', title: 'Tony Giglio', text: 'Born in Medford.' },
];

function surroundings(cache: string): { context: Parameters<typeof loadIndex>[0]; warnings: string[] } {
  const warnings: string[] = [];
  const ignore = (): void => undefined;
  const logger: Logger = {
    debug: ignore,
    info: ignore,
    error: ignore,
    warn: (_message, fields) => warnings.push(String(fields?.['reason'])),
  };
  return { context: { corpus, logger, signal, paths: { cache, base: cache } }, warnings };
}

describe('indexKey', () => {
  it('differs with the passages, their order, where title ends and text begins, and the weighting', () => {
    const keys = [
      indexKey(corpus, weighting),
      indexKey([...corpus].reverse(), weighting),
      indexKey(corpus, { ...weighting, b: 0.5 }),
      indexKey([{ id: 'a', title: 'ab', text: 'c' }], weighting),
      indexKey([{ id: 'a', title: 'a', text: 'bc' }], weighting),
      indexKey([], weighting),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('loadIndex', () => {
  const key = indexKey(corpus, weighting);
  const expected = buildIndex(corpus, weighting);

  it('builds, caches as one file and reads that back', async () => {
    const folder = join(root, 'fresh');
    const { context, warnings } = surroundings(folder);
    expect(await loadIndex(context, weighting)).toEqual(expected);
    expect(readdirSync(join(folder, 'search-lunr'))).toEqual([`${key}.index`]);
    expect(await loadIndex(context, weighting)).toEqual(expected);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['damaged', (block: Buffer) => block.fill(0, block.length - 40, block.length - 20)],
    ['cut short', (block: Buffer) => block.subarray(0, 100)],
    ['empty', () => Buffer.alloc(0)],
    ['of another program', () => Buffer.from('{"hello": "world"}'.repeat(20))],
  ])('makes a cache that is %s anew and says why', async (name, damage) => {
    const folder = join(root, name);
    const { context, warnings } = surroundings(folder);
    await loadIndex(context, weighting);
    const file = join(folder, 'search-lunr', `${key}.index`);
    const whole = readFileSync(file);
    writeFileSync(file, damage(Buffer.from(whole)));
    expect(await loadIndex(context, weighting)).toEqual(expected);
    expect(warnings).toHaveLength(1);
    expect(readFileSync(file).equals(whole)).toBe(true);
  });

  it("does not believe another corpus's file under its name", async () => {
    const folder = join(root, 'foreign');
    const { context, warnings } = surroundings(folder);
    await loadIndex({ ...context, corpus: [...corpus].reverse() }, weighting);
    const [other = ''] = readdirSync(join(folder, 'search-lunr'));
    writeFileSync(join(folder, 'search-lunr', `${key}.index`), readFileSync(join(folder, 'search-lunr', other)));
    expect(await loadIndex(context, weighting)).toEqual(expected);
    expect(warnings).toEqual(['made for another corpus, options or version']);
  });

  it('works without a cache when the folder cannot be written', async () => {
    const file = join(root, 'a-file');
    writeFileSync(file, '');
    const { context, warnings } = surroundings(file);
    expect(await loadIndex(context, weighting)).toEqual(expected);
    expect(warnings).toHaveLength(1);
  });
});

describe('building off the main thread', () => {
  const request = { passages: corpus, weighting, key: 'key' };
  const typescript = new URL('./index-worker-from-sources.mjs', import.meta.url);

  it('builds in a worker thread from TypeScript sources', async () => {
    const block = await inWorker(request, signal, typescript);
    expect(decodeIndex(block, 'key')).toEqual(buildIndex(corpus, weighting));
  });

  it('builds on this thread when a worker cannot load', async () => {
    const missing = new URL('./nowhere.js', import.meta.url);
    await expect(inWorker(request, signal, missing)).rejects.toMatchObject({ code: 'MODULE_NOT_FOUND' });
    const block = await buildOffThread(request, signal, missing);
    expect(decodeIndex(block, 'key')).toEqual(buildIndex(corpus, weighting));
  });

  it('stops when aborted', async () => {
    const controller = new AbortController();
    const building = buildOffThread(request, controller.signal, typescript);
    controller.abort(new Error('enough'));
    await expect(building).rejects.toThrow('enough');
    await expect(buildOffThread(request, controller.signal, typescript)).rejects.toThrow('enough');
  });

  it("passes on the worker's own failure", async () => {
    const broken = { ...request, passages: [{ id: 'a', title: 'x' } as unknown as Passage] };
    await expect(buildOffThread(broken, signal, typescript)).rejects.toThrow(/undefined/);
  });
});
