import { describe, expect, it } from '@jest/globals';
import { crc32c, maskedCrc32c } from './crc32c.js';
import { encodeEvent } from './tensorboard-event.js';

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

  it('writes step and scalars', () => {
    const bytes = Buffer.from(encodeEvent({ wallTime: 0, step: 300, scalars: { 'a/b': 0.5 } }));
    const message = bytes.subarray(12, -4).toString('hex');
    // step = 2: 300 as varint ac02; summary = 5 { value = 1 { tag = 1 "a/b", simple_value = 2 0.5f } }.
    expect(message).toBe(`09${'00'.repeat(8)}10ac022a0c0a0a0a03612f62150000003f`);
  });
});
