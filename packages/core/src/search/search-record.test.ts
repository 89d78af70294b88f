import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createSearchLayer } from './create-search-layer.js';
import { foundFor, never, Tool } from './search-layer.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-layer-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('record and replay', () => {
  it('answers a recorded run with the tool away, and says what is not in the record', async () => {
    const record = join(folder, 'deep', 'searches.jsonl');
    const first = await createSearchLayer(new Tool(), { record, batchWaitMilliseconds: 0 });
    const asked = ['paris', 'oslo', 'paris'];
    const live = await first.search(asked, { topK: 3, signal: never });
    await first[Symbol.asyncDispose]();
    expect(readFileSync(record, 'utf8').trim().split('\n')).toHaveLength(2);

    const away = new Tool(() => {
      throw new Error('the network is off');
    });
    const second = await createSearchLayer(away, { replay: record });
    expect(await second.search(asked, { topK: 3, signal: never })).toEqual(live);
    expect((await second.search(['rome'], { topK: 3, signal: never }))[0]).toMatchObject({
      status: 'error',
      message: expect.stringContaining('does not hold this search'),
    });
    expect(away.calls).toHaveLength(0);
  });

  it('prefers the outcome that is no failure, and names a broken line', async () => {
    const replay = join(folder, 'mixed.jsonl');
    const line = (outcome: object): string => `${JSON.stringify({ query: 'paris', topK: 3, outcome })}\n`;
    writeFileSync(
      replay,
      line({ status: 'timeout', hits: [], message: 'late' }) +
        line(foundFor('paris')) +
        line({ status: 'error', hits: [] }),
    );
    const layer = await createSearchLayer(new Tool(), { replay });
    expect(await layer.search(['paris'], { topK: 3, signal: never })).toEqual([foundFor('paris')]);
    writeFileSync(replay, line(foundFor('paris')) + '{"query": 1}\n');
    await expect(createSearchLayer(new Tool(), { replay })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      where: `${replay}:2`,
    });
  });
});
