import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { open, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSafetensors, readSafetensors, writeSafetensors } from './safetensors.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turnwise-safetensors-'));
  path = join(folder, 'some.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

/** A file put together by hand: header text, then data. */
async function put(header: unknown, data: readonly number[]): Promise<void> {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  await writeFile(path, Buffer.concat([length, text, Buffer.from(data)]));
}

test('tensors and metadata come back, views and empty tensors included', async () => {
  const tensors = new Map([
    ['matrix', { shape: [2, 3], values: Float32Array.of(1, -0, 1e-40, Infinity, 3e38, 0.1) }],
    ['view', { shape: [2], values: Float32Array.of(9, 8, 7, 6).subarray(1, 3) }],
    ['empty', { shape: [0, 4], values: new Float32Array(0) }],
    ['scalar', { shape: [], values: Float32Array.of(5) }],
  ]);
  await writeSafetensors(path, { tensors, metadata: { step: '12' } });
  const { tensors: read, metadata } = await readSafetensors(path);
  expect(read).toEqual(
    new Map([...tensors].map(([name, { shape, values }]) => [name, { shape, values: values.slice() }])),
  );
  expect(metadata).toEqual({ step: '12' });
  expect(await readdir(folder)).toEqual(['some.safetensors']);
  const length = (await readFile(path)).readBigUInt64LE(0);
  expect(length % 8n).toBe(0n);
});

test('half precision is read as float32, at any alignment', async () => {
  await put(
    {
      bf16: { dtype: 'BF16', shape: [3], data_offsets: [0, 6] },
      f16: { dtype: 'F16', shape: [6], data_offsets: [6, 18] },
    },
    // 1, -2.5, infinity; then 1, -2.5, 65504, the smallest number 2^-24, -infinity, 0.333251953125
    [0x80, 0x3f, 0x20, 0xc0, 0x80, 0x7f, 0x00, 0x3c, 0x00, 0xc1, 0xff, 0x7b, 0x01, 0x00, 0x00, 0xfc, 0x55, 0x35],
  );
  const { tensors } = await readSafetensors(path);
  expect(tensors.get('bf16')?.values).toEqual(Float32Array.of(1, -2.5, Infinity));
  expect(tensors.get('f16')?.values).toEqual(Float32Array.of(1, -2.5, 65504, 2 ** -24, -Infinity, 0.333251953125));
});

test.each<[string, unknown, string]>([
  [
    'another type',
    { a: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } },
    "tensor 'a': expected type F32, BF16 or F16, found I64",
  ],
  [
    'a size that does not fit the shape',
    { a: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } },
    "tensor 'a': expected 12 bytes for F32 3, found 8",
  ],
  [
    'data beyond the end',
    { a: { dtype: 'F32', shape: [9], data_offsets: [0, 36] } },
    "truncated in tensor 'a': expected data up to byte 36, found 8",
  ],
  ['an entry without a place', { a: { dtype: 'F32', shape: [2] } }, "tensor 'a': malformed header entry"],
  [
    'negative offsets',
    { a: { dtype: 'F32', shape: [2], data_offsets: [-8, 0] } },
    "tensor 'a': malformed header entry",
  ],
  [
    'bytes that two tensors share',
    { a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] }, b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } },
    "tensor 'b': shares its bytes with others",
  ],
  [
    'a shape beyond all numbers',
    { a: { dtype: 'F32', shape: [2 ** 50, 2 ** 50, 2 ** 50, 2 ** 50, 2 ** 50], data_offsets: [0, 8] } },
    "tensor 'a': expected",
  ],
  ['an entry that is no object', { a: 7 }, "tensor 'a': malformed header entry 7"],
  ['a type that is no text', { a: { dtype: 1, shape: [2], data_offsets: [0, 8] } }, "tensor 'a': malformed"],
  ['a shape that is no list', { a: { dtype: 'F32', shape: 2, data_offsets: [0, 8] } }, "tensor 'a': malformed"],
  ['half an extent', { a: { dtype: 'F32', shape: [0.5], data_offsets: [0, 2] } }, "tensor 'a': malformed"],
  ['three offsets', { a: { dtype: 'F32', shape: [2], data_offsets: [0, 8, 8] } }, "tensor 'a': malformed"],
  ['half an offset', { a: { dtype: 'F32', shape: [2], data_offsets: [0.5, 8.5] } }, "tensor 'a': malformed"],
  [
    'a size that does not fit, further in',
    { a: { dtype: 'F32', shape: [2], data_offsets: [4, 8] } },
    "tensor 'a': expected 8 bytes for F32 2, found 4",
  ],
  ['a list for a header', [1], 'the header is not a JSON object'],
])('%s is an error that names file and tensor', async (_, header, message) => {
  await put(header, [0, 0, 0, 0, 0, 0, 0, 0]);
  await expect(readSafetensors(path)).rejects.toThrow(message);
  await expect(readSafetensors(path)).rejects.toThrow(path);
});

test('a header that is there but longer than any is not read', async () => {
  const file = await open(path, 'w');
  await file.write(Buffer.from(BigUint64Array.of(150_000_000n).buffer));
  await file.truncate(150_000_016);
  await file.close();
  await expect(readSafetensors(path)).rejects.toThrow('a header of 150000000 bytes, at most 100000000 are read');
});

test.each<[string, readonly number[], string]>([
  ['no bytes', [], 'not a safetensors file: 0 bytes, expected at least 8'],
  ['seven bytes', [1, 0, 0, 0, 0, 0, 0], 'not a safetensors file: 7 bytes, expected at least 8'],
  ['a header of nothing', [0, 0, 0, 0, 0, 0, 0, 0], 'the header is not JSON'],
  [
    'a header that is cut off',
    [3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d],
    'truncated or not a safetensors file: expected a header of 3 bytes, found 2',
  ],
  ['a header that no memory holds', [0, 0, 0, 0, 0, 0, 0, 0x10, 0x7b, 0x7d], 'truncated or not a safetensors file'],
  ['a header of other text', [2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7b], 'the header is not JSON'],
])('%s for a file is an error that says so', async (_, bytes, message) => {
  await writeFile(path, Buffer.from(bytes));
  await expect(readSafetensors(path)).rejects.toThrow(message);
});

test('a header that fills the file is one without data', async () => {
  await put({ __metadata__: { step: 12 }, empty: { dtype: 'F32', shape: [0], data_offsets: [0, 0] } }, []);
  expect(await readSafetensors(path)).toEqual({
    tensors: new Map([['empty', { shape: [0], values: new Float32Array(0) }]]),
    metadata: { step: '12' },
  });
});

test('a tensor that is not in the file is an error', async () => {
  await put({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, [0, 0, 0, 0]);
  const file = await openSafetensors(path);
  await expect(file.read('b')).rejects.toThrow("tensor 'b': not in the file");
  expect(await file.read('a')).toEqual(Float32Array.of(0));
  await file[Symbol.asyncDispose]();
});

test('a failed write leaves neither a file nor a temporary one', async () => {
  const missing = join(folder, 'missing', 'some.safetensors');
  await expect(writeSafetensors(missing, { tensors: new Map(), metadata: {} })).rejects.toThrow('ENOENT');
  expect(await readdir(folder)).toEqual([]);
});
