import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkShapes } from './check-shapes.js';
import { writeSafetensors } from './safetensors.js';
import { writeJson } from './testing/hugging-face-folder.js';
import { openWeights } from './weight-files.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'turnwise-weights-'))));
afterEach(() => rm(folder, { recursive: true }));

const index = 'model.safetensors.index.json';
const file = async (name: string, ...tensors: [string, number[]][]): Promise<void> => {
  const written = tensors.map(([tensor, values]) => {
    return [tensor, { shape: [values.length], values: Float32Array.from(values) }] as const;
  });
  await writeSafetensors(join(folder, name), { tensors: new Map(written), metadata: {} });
};
async function twoShards(): Promise<void> {
  await file('one.safetensors', ['a', [1, 2]], ['unlisted', [9]]);
  await file('two.safetensors', ['b', [3]]);
  await writeJson(folder, index, { weight_map: { a: 'one.safetensors', b: 'two.safetensors' } });
}

test('shards are read each from its file, and what the index does not list is not there', async () => {
  await twoShards();
  const weights = await openWeights(folder);
  expect(weights.path).toBe(join(folder, index));
  expect([...weights.shapes]).toEqual([
    ['a', [2]],
    ['b', [1]],
  ]);
  expect(await weights.read('a')).toEqual(Float32Array.of(1, 2));
  expect(await weights.read('b')).toEqual(Float32Array.of(3));
  expect(['a', 'b', 'c'].map((name) => weights.fileOf(name))).toEqual(
    ['one.safetensors', 'two.safetensors', index].map((name) => join(folder, name)),
  );
  expect(() => weights.read('c')).toThrow(`${join(folder, index)}: tensor 'c': no shard holds it`);
  await weights[Symbol.asyncDispose]();
  await expect(weights.read('a')).rejects.toThrow();
  await expect(weights.read('b')).rejects.toThrow();
});

test('one file goes before shards', async () => {
  await twoShards();
  await file('model.safetensors', ['a', [7]]);
  const weights = await openWeights(folder);
  expect(weights.path).toBe(join(folder, 'model.safetensors'));
  expect(weights.fileOf('a')).toBe(weights.path);
  expect(await weights.read('a')).toEqual(Float32Array.of(7));
  await weights[Symbol.asyncDispose]();
  await expect(weights.read('a')).rejects.toThrow();
});

test('a folder without weights says so, and speaks of PyTorch only where its files are', async () => {
  const says = `${folder}: neither model.safetensors nor model.safetensors.index.json is there`;
  await expect(openWeights(folder)).rejects.toThrow(new Error(says));
  await writeFile(join(folder, 'pytorch_model.bin.index.json'), '{}');
  await expect(openWeights(folder)).rejects.toThrow(`${says}; pytorch_model.bin is not read`);
});

test.each([
  ['{', 'JSON'],
  ['null', "expected an object 'weight_map'"],
  ['{"weight_map":null}', "expected an object 'weight_map'"],
  ['{"weight_map":"one"}', "expected an object 'weight_map'"],
  ['{"weight_map":{"a":5}}', 'weight_map.a: expected the name of a file, found 5'],
  ['{"weight_map":{"a":"..\\\\x"}}', 'weight_map.a: expected the name of a file'],
  ['{"weight_map":{"a":"/x"}}', 'weight_map.a: expected the name of a file'],
])('an index of %s is refused by name', async (text, says) => {
  await writeFile(join(folder, index), text);
  await expect(openWeights(folder)).rejects.toThrow(says);
  await expect(openWeights(folder)).rejects.toThrow(`${join(folder, index)}: `);
});

test('shapes are compared one by one, and what is wrong is named with its file', () => {
  const files = { path: 'all', shapes: new Map([['a', [2, 3]]]), fileOf: (name: string) => `file of ${name}` };
  const check = (expected: [string, number[]][], ignored: string[] = []): void =>
    checkShapes(files, new Map(expected), new Set(ignored));
  expect(() => check([['a', [2, 3]]])).not.toThrow();
  expect(() => check([['a', [3, 2]]])).toThrow("file of a: tensor 'a': expected [3, 2], found [2, 3]");
  expect(() => check([['b', [1]]])).toThrow("all: tensor 'b': expected [1], found none");
  expect(() => check([])).toThrow("file of a: tensor 'a': the model of config.json has none of this name");
  expect(() => check([], ['a'])).not.toThrow();
});
