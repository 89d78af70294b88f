import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { randomStream, type PluginContext } from '@turnwise/core';
import plugin from './index.js';

const ignore = (): void => undefined;

describe('the plugin', () => {
  it('agrees with its manifest', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
      turnwise: object;
    };
    expect(manifest).toMatchObject({ version: plugin.version, turnwise: { kind: plugin.kind, id: plugin.id } });
  });

  it('has defaults and refuses options it does not know', async () => {
    const validate = plugin.options['~standard'].validate;
    expect(await validate({})).toEqual({ value: { titleBoost: 1, k1: 1.2, b: 0.75, titleMatch: 0.6, links: 0 } });
    expect(await validate({ topK: 3, b: 2 })).toHaveProperty('issues');
    expect(await validate({ boost: 2 })).toHaveProperty('issues');
  });

  it('searches the corpus of its context', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'turnwise-lunr-'));
    const context: PluginContext = {
      logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      random: randomStream(1),
      signal: new AbortController().signal,
      clock: { now: () => 0 },
      metrics: { record: ignore },
      paths: { cache: folder, base: folder },
      corpus: [{ id: 'a', title: 'Paris', text: 'Paris is a city.' }],
      resolveAsset: () => null,
    };
    const tool = await plugin.create(context, { titleBoost: 1, k1: 1.2, b: 0.75, titleMatch: 0.6, links: 0 });
    const outcomes = await tool.search(['Where is Paris?', 'Oslo'], { topK: 3, signal: context.signal });
    expect(outcomes.map(({ status, hits }) => [status, hits.map(({ id }) => id)])).toEqual([
      ['ok', ['a']],
      ['empty', []],
    ]);
    const nothing = await plugin.create(
      { ...context, corpus: [] },
      { titleBoost: 1, k1: 1.2, b: 0.75, titleMatch: 0.6, links: 0 },
    );
    expect(await nothing.search(['Paris'], { topK: 3, signal: context.signal })).toMatchObject([{ status: 'empty' }]);
    rmSync(folder, { recursive: true });
  });
});
