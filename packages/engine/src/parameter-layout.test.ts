import { expect, test } from '@jest/globals';
import { AdapterLayout } from './adapter-layout.js';
import { ParameterLayout } from './parameter-layout.js';
import { modelKinds } from './testing/model-kinds.js';
import { smallConfig } from './testing/small-models.js';
import type { TransformerConfig } from './transformer-config.js';

/** Names and shapes as transformers has them, written out. */
function expected(c: TransformerConfig): [string, number[]][] {
  const [queries, shared] = [c.headCount * c.headSize, c.keyValueHeadCount * c.headSize];
  const tensors: [string, number[], boolean][] = [
    ['model.embed_tokens.weight', [c.vocabularySize, c.hiddenSize], true],
    ['model.shift_taps.weight', [c.shiftTaps + 1, c.hiddenSize], c.shiftTaps > 0],
    ['model.norm.weight', [c.hiddenSize], true],
    ['lm_head.weight', [c.vocabularySize, c.hiddenSize], !c.tiedEmbedding],
  ];
  for (let layer = 0; layer < c.layerCount; layer++) {
    const add = (name: string, shape: number[], present = true): void => {
      tensors.push([`model.layers.${layer}.${name}`, shape, present]);
    };
    add('input_layernorm.weight', [c.hiddenSize]);
    add('post_attention_layernorm.weight', [c.hiddenSize]);
    for (const norm of ['q_norm', 'k_norm']) add(`self_attn.${norm}.weight`, [c.headSize], c.queryKeyNorm);
    const projections: [string, number, number, boolean][] = [
      ['self_attn.q_proj', queries, c.hiddenSize, c.queryKeyValueBias],
      ['self_attn.k_proj', shared, c.hiddenSize, c.queryKeyValueBias],
      ['self_attn.v_proj', shared, c.hiddenSize, c.queryKeyValueBias],
      ['self_attn.o_proj', c.hiddenSize, queries, c.attentionOutBias],
      ['mlp.gate_proj', c.intermediateSize, c.hiddenSize, c.feedForwardBias],
      ['mlp.up_proj', c.intermediateSize, c.hiddenSize, c.feedForwardBias],
      ['mlp.down_proj', c.hiddenSize, c.intermediateSize, c.feedForwardBias],
    ];
    for (const [name, outputs, inputs, biased] of projections) {
      add(`${name}.weight`, [outputs, inputs]);
      add(`${name}.bias`, [outputs], biased);
    }
  }
  return tensors.flatMap(([name, shape, present]) => (present ? [[name, shape]] : []));
}

test.each(modelKinds.map(([name, changes]) => [name, changes] as const))(
  'every tensor has its name, its shape and a place of its own: %s',
  (_, changes) => {
    const config = smallConfig(changes);
    const layout = new ParameterLayout(config);
    const found = [...layout.tensors.values()].map(({ name, shape }) => [name, shape]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected(config)));

    const taken = new Map<number, string>();
    for (const { name, offset, rows, columns, stride } of layout.tensors.values()) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const at = offset + row * stride + column;
          expect(taken.get(at)).toBeUndefined();
          taken.set(at, name);
        }
      }
    }
    // The ranges are all of the run, and only matrices decay.
    let next = 0;
    for (const { offset, length, decayed } of layout.ranges) {
      expect([offset, offset % 8, length % 8]).toEqual([next, 0, 0]);
      next += length;
      for (let at = offset; at < next; at++) {
        const name = taken.get(at);
        if (name !== undefined) expect([name, decayed]).toEqual([name, !/norm|bias|taps/u.test(name)]);
      }
    }
    expect(layout.size).toBe(next);
  },
);

test('adapters are one run, all of which decays', () => {
  const layout = new AdapterLayout({ rank: 3, alpha: 1, targets: ['q_proj'] }, new ParameterLayout(smallConfig()));
  expect(layout.ranges).toEqual([{ offset: 0, length: layout.size, decayed: true }]);
  expect(layout.size).toBe(2 * 8 * (32 + 32));
});
