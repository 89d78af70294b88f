import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { SearchOutcome } from '../contract/index.js';
import { coherentOutcome, failedOutcome } from './outcome.js';
import { SearchTally } from './search-counters.js';
import { readSearchRecord, SearchRecorder } from './search-record.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-outcome-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hits = ['a', 'b', 'c'].map((id) => ({ id, title: id, text: id, score: 1 }));

describe('coherentOutcome', () => {
  it.each<[string, SearchOutcome, SearchOutcome]>([
    ['a timeout, without hits', { status: 'timeout', hits, message: 'late' }, failedOutcome('timeout', 'late')],
    ['an error, without hits', { status: 'error', hits }, { status: 'error', hits: [] }],
    ['no more hits than asked for', { status: 'ok', hits }, { status: 'ok', hits: hits.slice(0, 2) }],
    ['ok with hits, whatever it was called', { status: 'empty', hits }, { status: 'ok', hits: hits.slice(0, 2) }],
    ['empty without hits', { status: 'ok', hits: [], message: 'm' }, { status: 'empty', hits: [], message: 'm' }],
    [
      'an error for any other word',
      { status: 'fine' as never, hits },
      failedOutcome('error', 'the search tool gave the status fine'),
    ],
  ])('is %s', (_, given, made) => {
    expect(coherentOutcome(given, 2)).toEqual(made);
  });
});

describe('a tally', () => {
  it('knows how long the last 1,024 searches took', () => {
    const tally = new SearchTally();
    expect(tally.counters(0)).toMatchObject({ p50Seconds: 0, p95Seconds: 0 });
    for (let second = 1; second <= 100; second++) tally.took(second);
    expect(tally.counters(2)).toMatchObject({ p50Seconds: 51, p95Seconds: 96, breakerOpened: 2 });
    for (let search = 0; search < 1024; search++) tally.took(7);
    expect(tally.counters(0)).toMatchObject({ p50Seconds: 7, p95Seconds: 7 });
  });
});

describe('a record', () => {
  it('has a search once, a failure once, and what made the failure good', async () => {
    const path = join(folder, 'deep/record.jsonl');
    const recorder = await SearchRecorder.open(path);
    const good: SearchOutcome = { status: 'ok', hits: hits.slice(0, 1) };
    const bad = failedOutcome('error', 'down');
    for (const outcome of [bad, bad, good, good, bad]) recorder.record('who  wrote\tit', 3, outcome);
    recorder.record(' who wrote it ', 3, good);
    recorder.record('who wrote it', 2, bad);
    await recorder.close();
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(3);
    expect([...(await readSearchRecord(path))]).toEqual([
      ['3 who wrote it', good],
      ['2 who wrote it', bad],
    ]);
  });
});
