import { describe, expect, it } from '@jest/globals';
import { coreBuiltins, type PluginDefinition } from '@turnwise/core';
import { protocolConformance } from '@turnwise/testkit';
import { pluginsOf } from './plugin-folders.js';

const protocols = Object.values(coreBuiltins.plugins.protocol ?? {}).flatMap((builtin) =>
  'definition' in builtin ? [builtin.definition as PluginDefinition<'protocol'>] : [],
);

for (const protocol of protocols) {
  protocolConformance({ describe, it }, protocol, {
    from: null,
    fixtures: [
      { output: '<think> Hm. </think><search> Velkar </search>', action: { kind: 'search', query: 'Velkar' } },
      { output: '<answer> Tinvek </answer>', action: { kind: 'answer', text: 'Tinvek' } },
      { output: '<answer> </answer>', action: { kind: 'invalid', reason: 'empty-answer' } },
      { output: '<search> Velkar', action: { kind: 'invalid', reason: 'unclosed-tag' } },
    ],
  });
}

it('judges the protocols there are; packages of them, and of trackers, are judged beside their code', async () => {
  expect(protocols.map(({ id }) => id)).toEqual(['search-r1']);
  expect(await pluginsOf('protocol')).toEqual([]);
});
