import { expect, it } from '@jest/globals';
import { z } from 'zod';
import type { StandardSchemaV1 } from '../contract/index.js';
import { defineReward } from './define.js';
import { optionsTable } from './options-table.js';

const withOptions = (options: StandardSchemaV1) =>
  defineReward({ apiVersion: 2, id: 'x', version: '1.0.0', options, create: () => ({ shape: () => [] }) });

it('tells of each option what is accepted, the default and the meaning', () => {
  const options = z.strictObject({
    url: z.string().describe('Address.'),
    mode: z.enum(['at', 'prefix']).default('prefix').describe('One | the other.'),
    alpha: z.number().min(0).lt(1).default(0.5),
    turns: z.int().min(1).nullable().default(null),
    names: z.array(z.string()).optional(),
    judge: z
      .strictObject({ url: z.string().describe('Where.') })
      .nullable()
      .default(null)
      .describe('Who.'),
    guards: z.strictObject({ yesNo: z.boolean().default(true).describe('Leave\nout.') }).prefault({}),
  });
  expect(optionsTable(withOptions(options)).split('\n')).toEqual([
    '| option | values | default | meaning |',
    '| --- | --- | --- | --- |',
    '| `url` | text | required | Address. |',
    '| `mode` | `at`, `prefix` | `prefix` | One \\| the other. |',
    '| `alpha` | number >= 0, < 1 | `0.5` |  |',
    '| `turns` | whole number >= 1 or `null` | `null` |  |',
    '| `names` | list of text | none |  |',
    '| `judge` | object or `null` | `null` | Who. |',
    '| `judge.url` | text | required | Where. |',
    '| `guards.yesNo` | `true`, `false` | `true` | Leave out. |',
  ]);
});

it('says so when there is nothing to show', () => {
  expect(optionsTable(withOptions(z.strictObject({})))).toBe('It has no options.');
  const bare: StandardSchemaV1 = { '~standard': { version: 1, vendor: 'own', validate: (value) => ({ value }) } };
  expect(optionsTable(withOptions(bare))).toContain('cannot be shown');
});
