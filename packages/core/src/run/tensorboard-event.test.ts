import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { crc32c, maskedCrc32c } from './crc32c.js';
import { encodeEvent } from './tensorboard-event.js';
import { tensorBoardTracker } from './tensorboard-tracker.js';

describe('crc32c', () => {
  it('gives the published check value', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });
});

describe('encodeEvent', () => {
  it('frames the message with its length and both checksums', () => {
    const bytes = Buffer.from(encodeEvent({ wallTime: 1.5, fileVersion: 'brain.Event:2' }));
    const length = Number(bytes.readBigUInt64LE(0));
    expect(bytes).toHaveLength(length + 16);
    expect(bytes.readUInt32LE(8)).toBe(maskedCrc32c(bytes.subarray(0, 8)));
    expect(bytes.readUInt32LE(12 + length)).toBe(maskedCrc32c(bytes.subarray(12, 12 + length)));
    expect(bytes.subarray(12, 12 + length).toString('hex')).toBe(
      `09${Buffer.from(new Float64Array([1.5]).buffer).toString('hex')}1a0d${Buffer.from('brain.Event:2').toString('hex')}`,
    );
  });

  it('announces a start', () => {
    const message = Buffer.from(encodeEvent({ wallTime: 0, startsAt: 5 }))
      .subarray(12, -4)
      .toString('hex');
    // step = 2: 5; session_log = 7 { status = 1: START }.
    expect(message).toBe(`09${'00'.repeat(8)}10053a020801`);
  });

  it('writes step and scalars', () => {
    const bytes = Buffer.from(encodeEvent({ wallTime: 0, step: 300, scalars: { 'a/b': 0.5 } }));
    const message = bytes.subarray(12, -4).toString('hex');
    // step = 2: 300 as varint ac02; summary = 5 { value = 1 { tag = 1 "a/b", simple_value = 2 0.5f } }.
    expect(message).toBe(`09${'00'.repeat(8)}10ac022a0c0a0a0a03612f62150000003f`);
  });
});

describe('tensorBoardTracker', () => {
  it('announces the first step and steps that come again, and those alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'turnwise-tensorboard-'));
    const tracker = tensorBoardTracker(folder, () => 7000);
    for (const step of [3, 4, 5, 4, 5]) await tracker.record(step, { step, a: 1 });
    const wallTime = 7;
    const scalars = { a: 1 };
    const step = (at: number): Uint8Array => encodeEvent({ wallTime, step: at, scalars });
    const start = (at: number): Uint8Array => encodeEvent({ wallTime, startsAt: at });
    const head = encodeEvent({ wallTime, fileVersion: 'brain.Event:2' });
    const expected = [head, start(3), step(3), step(4), step(5), start(4), step(4), step(5)];
    expect(readFileSync(join(folder, 'events.out.tfevents.7.turnwise')).equals(Buffer.concat(expected))).toBe(true);
    rmSync(folder, { recursive: true });
  });
});
