import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { injectedCases } from '../faults/disk-cases.js';
import { wholeRun, type FaultCase, type Whole } from '../faults/fault-case.js';
import { killCases } from '../faults/kill-cases.js';

/** A few of what `npm run test:faults` tries; it says which writes and instants a seed means. */
const seed = Number(process.env['TURNWISE_TEST_SEED'] ?? Math.floor(Date.now() / 86_400_000));
jest.setTimeout(300_000);

const folder = mkdtempSync(join(tmpdir(), 'turnwise-faults-'));
let whole: Whole;
beforeAll(async () => {
  whole = await wholeRun(join(folder, 'place'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The first try of the case whose name begins so. */
async function firstTry(cases: readonly FaultCase[], name: string): Promise<string | null> {
  const found = cases.find((one) => one.name.startsWith(name));
  const [attempt] = found?.tries ?? [];
  if (attempt === undefined) throw new Error(`there is no fault ${name}`);
  return attempt(join(folder, name.replace(/\W+/g, '-')));
}

describe(`a run that is broken off (seed ${seed})`, () => {
  it('by kill -9 inside a checkpoint write, ends with the same bytes', async () => {
    expect(await firstTry(killCases(whole, seed, 20), '`kill -9` inside')).toBeNull();
  });

  it('by a full disk, says so once and ends with the same bytes when there is room', async () => {
    expect(await firstTry(injectedCases(whole, seed, 1), 'full disk')).toBeNull();
  });
});
