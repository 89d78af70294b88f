import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { Spool, type StepMetrics } from './spool.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-spool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const name = `${'é'.repeat(300)}\u2028`;
const stepAt = (step: number): StepMetrics => ({ step, timestamp: step, metrics: { [name]: step / 10 } });

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found = [];
  for await (const value of values) found.push(value);
  return found;
}

it('gives back what was appended, also across its pieces, and leaves out what a crash cut off', async () => {
  const spool = new Spool(join(folder, 'deep/spool.jsonl'));
  expect(await all(spool.read())).toEqual([]);
  // More than two pieces.
  const steps = Array.from({ length: 3500 }, (_, index) => stepAt(index));
  for (let from = 0; from < steps.length; from += 700) await spool.append(steps.slice(from, from + 700));
  await appendFile(spool.file, '{"step":3500,"timest');
  expect(await all(spool.read())).toEqual(steps);
  await spool.remove();
  expect(await all(spool.read())).toEqual([]);
});

it('loses no step that follows a line a crash cut off', async () => {
  const spool = new Spool(join(folder, 'cut.jsonl'));
  await spool.append([stepAt(1)]);
  await appendFile(spool.file, '{"step":2,"timest');
  await spool.append([stepAt(3)]);
  await spool.append([stepAt(4)]);
  expect(await all(spool.read())).toEqual([stepAt(1), stepAt(3), stepAt(4)]);
});

it('reads a file that is longer than a text may be', async () => {
  const spool = new Spool(join(folder, 'long.jsonl'));
  const file = await open(spool.file, 'w');
  const megabyte = 1 << 20;
  // Lines of zeros that take no room on the disk.
  for (let end = 1; end <= 520; end++) await file.write('\n', end * megabyte - 1);
  await file.close();
  await spool.append([stepAt(1), stepAt(2)]);
  expect(await all(spool.read())).toEqual([stepAt(1), stepAt(2)]);
});

it('reads no further than it was asked', async () => {
  const spool = new Spool(join(folder, 'lazy.jsonl'));
  const steps = Array.from({ length: 8000 }, (_, index) => stepAt(index));
  await spool.append(steps);
  const reading = spool.read();
  expect((await reading.next()).value).toEqual(stepAt(0));
  // Seen by a reader that has not come to the end of the file yet.
  await spool.append([stepAt(8000)]);
  expect((await all(reading)).at(-1)).toEqual(stepAt(8000));
});

it('leaves out what a rollback took back, for every order of four steps', async () => {
  const spool = new Spool(join(folder, 'rolled.jsonl'));
  for (let code = 0; code < 4 ** 4; code++) {
    const steps = [0, 1, 2, 3].map((place) => ({
      step: 1 + (Math.trunc(code / 4 ** place) % 4),
      timestamp: place,
      metrics: {},
    }));
    await spool.remove();
    await spool.append(steps);
    // By the definition: a later entry of the same or an earlier step takes an entry back.
    const expected = steps.filter(
      ({ step }, index) => step > 1 && steps.slice(index + 1).every((later) => later.step > step),
    );
    expect(await all(spool.standing(1))).toEqual(expected);
  }
});
