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

it('gives back what was appended, also across its pieces, and leaves out what a crash cut off', async () => {
  const spool = new Spool(join(folder, 'deep/spool.jsonl'));
  expect(await spool.read()).toEqual([]);
  // More than two pieces.
  const steps = Array.from({ length: 3500 }, (_, index) => stepAt(index));
  for (let from = 0; from < steps.length; from += 700) await spool.append(steps.slice(from, from + 700));
  await appendFile(spool.file, '{"step":3500,"timest');
  expect(await spool.read()).toEqual(steps);
  await spool.remove();
  expect(await spool.read()).toEqual([]);
});

it('reads a file that is longer than a text may be', async () => {
  const spool = new Spool(join(folder, 'long.jsonl'));
  const file = await open(spool.file, 'w');
  const megabyte = 1 << 20;
  // Lines of zeros that take no room on the disk.
  for (let end = 1; end <= 520; end++) await file.write('\n', end * megabyte - 1);
  await file.close();
  await spool.append([stepAt(1), stepAt(2)]);
  expect(await spool.read()).toEqual([stepAt(1), stepAt(2)]);
});
