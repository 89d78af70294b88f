import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/index.js';
import type { RunScope } from '../container/index.js';
import type { Protocol } from '../contract/index.js';
import { evaluationConditions } from './evaluation-conditions.js';
import { promptPin } from './prompt-pin.js';
import { runManifest, withPolicy } from './run-manifest.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-conditions-'));
const checkpoint = join(folder, 'step-000002');
beforeAll(() => {
  mkdirSync(checkpoint);
  writeFileSync(join(checkpoint, 'weights'), 'w');
  writeFileSync(join(checkpoint, 'trainer.json'), '{}');
  writeFileSync(join(folder, 'base.bin'), 'b');
});
afterAll(() => rmSync(folder, { recursive: true }));

const protocol = {
  stop: ['</search>'],
  prompt: ({ text, answers }) => `Ask ${text} ${answers.length}`,
  parse: () => ({ kind: 'invalid', reason: 'no-action' }),
  observation: ({ status, hits }, shorten) => `<${status}>${hits.map(({ text }) => shorten(text)).join()}`,
  correction: (reason) => `not ${reason}`,
} as Protocol;

const origin = { source: 'builtin', version: '1.0.0', integrity: null, path: null };
const digests = {
  corpus: { sha256: 'c', count: 3 },
  eval: { sha256: 'e', count: 2 },
  train: { sha256: 't', count: 1 },
};

/** What a run was composed of, with these options of policy and search. */
async function scopeOf(policy: object = {}, search: object = { url: 'http://me:secret@host/x' }): Promise<RunScope> {
  const loaded = await loadConfig({ file: null, set: ['seed=5', 'rollout.topK=4'], currentFolder: folder });
  const plugin = (kind: string, options: object) => ({ kind, id: `my-${kind}`, options, origin });
  return {
    loaded,
    config: loaded.config,
    settings: { seed: 5, rollout: loaded.config.rollout, evaluation: { temperature: 0, groupSize: 2 } },
    plugins: [plugin('policy', policy), plugin('search', search), plugin('protocol', {})],
    dataDigests: (parts: readonly (keyof typeof digests)[] = ['corpus', 'train', 'eval']) =>
      Promise.resolve(Object.fromEntries(parts.map((part) => [part, digests[part]]))),
    protocol: () => Promise.resolve(protocol),
  } as unknown as RunScope;
}

describe('evaluationConditions', () => {
  it('are everything a score depends on, and no password', async () => {
    const conditions = await evaluationConditions(await scopeOf(), null);
    expect(conditions).toMatchObject({
      ...{ corpus: digests.corpus, questions: digests.eval, k: 4, seed: 5 },
      retriever: { id: 'my-search', version: '1.0.0', options: { url: 'http://***@host/x' } },
      prompt: { id: 'my-protocol', text: 'Ask {question} 1' },
      policy: { id: 'my-policy', checkpoint: null, files: {} },
      decoding: { temperature: 0, groupSize: 2, maxTurns: (await scopeOf()).config.rollout.maxTurns },
    });
    expect(JSON.stringify(conditions)).not.toContain('secret');
  });

  it('have a checkpoint by its weights, whatever the trainer wrote beside them', async () => {
    const of = async (): Promise<string | undefined> =>
      (await evaluationConditions(await scopeOf(), checkpoint)).policy.checkpoint?.sha256;
    const before = await of();
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    writeFileSync(join(checkpoint, 'trainer.json'), '{"step":2}');
    expect(await of()).toBe(before);
    writeFileSync(join(checkpoint, 'weights'), 'v');
    expect(await of()).not.toBe(before);
  });

  it('have the files that options of the policy name, by what is in them', async () => {
    const options = { weights: 'base.bin', asset: 'quickstart', none: 'nowhere', size: 3, empty: '' };
    const asset = (name: string): string | null => (name === 'quickstart' ? checkpoint : null);
    const { files } = (await evaluationConditions(await scopeOf(options), null, asset)).policy;
    expect(Object.keys(files)).toEqual(['weights', 'asset']);
    writeFileSync(join(folder, 'base.bin'), 'other');
    const later = (await evaluationConditions(await scopeOf(options), null, asset)).policy.files;
    expect(later['asset']).toBe(files['asset']);
    expect(later['weights']).not.toBe(files['weights']);
  });
});

describe('promptPin', () => {
  it('is another for every word the protocol may write', () => {
    const variants: Protocol[] = [
      protocol,
      { ...protocol, stop: [] },
      { ...protocol, prompt: () => 'other' },
      { ...protocol, observation: ({ status }) => `<${status}>` },
      {
        ...protocol,
        observation: (outcome, shorten) => (outcome.status === 'timeout' ? '' : protocol.observation(outcome, shorten)),
      },
      { ...protocol, correction: (reason) => (reason === 'unclosed-tag' ? '' : `not ${reason}`) },
    ];
    expect(new Set(variants.map((variant) => promptPin(variant).sha256)).size).toBe(variants.length);
    expect(promptPin({ ...protocol })).toEqual(promptPin(protocol));
  });
});

describe('runManifest', () => {
  it('has the same key of searches for the same search tool, options and corpus, and for nothing else', async () => {
    const keyOf = async (scope: RunScope): Promise<string | undefined> => (await runManifest(scope)).searchKey;
    const plain = await keyOf(await scopeOf());
    expect(await keyOf(await scopeOf({ other: 'policy' }))).toBe(plain);
    expect(await keyOf(await scopeOf({}, { url: 'http://elsewhere' }))).not.toBe(plain);
    const corpus = await scopeOf();
    corpus.dataDigests = () => Promise.resolve({ corpus: { source: { file: 'x' }, sha256: 'x', count: 3 } });
    expect(await keyOf(corpus)).not.toBe(plain);
  });

  it('says what the run was made of, and what its policy computes with once that is known', async () => {
    const scope = await scopeOf();
    const manifest = await runManifest(scope);
    expect(manifest).toMatchObject({ version: 1, seed: 5, configFile: null, data: digests });
    expect(manifest.plugins[0]).toEqual({ kind: 'policy', id: 'my-policy', options: {}, ...origin });
    expect(withPolicy(manifest, {})).toBe(manifest);
    expect(withPolicy(manifest, { computesWith: { engine: 'wasm' } }).policyComputesWith).toEqual({ engine: 'wasm' });
  });
});
