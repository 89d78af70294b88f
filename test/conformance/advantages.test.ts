import { describe, it } from '@jest/globals';
import { advantageConformance, type AdvantageClaims } from '@turnwise/testkit';
import { pluginsOf } from './plugin-folders.js';

/** What is claimed with the defaults; options are held to more in test/golden/estimator-properties.test.ts. */
const claims: Readonly<Record<string, AdvantageClaims>> = {
  'advantage-outcome': { flatIsZero: false },
  'advantage-gigpo': { flatIsZero: false },
  'advantage-gae': { scaleDegree: 1 },
  'advantage-gpg': { scaleDegree: 1, sumsToZero: true },
  'advantage-grpo': { shiftInvariant: true, sumsToZero: true, sampleSpread: true },
  'advantage-igpo': { shiftInvariant: true },
  'advantage-mt-grpo': { shiftInvariant: true, sumsToZero: true },
  'advantage-opo': { shiftInvariant: true, scaleDegree: 1 },
  'advantage-pass-at-k': { shiftInvariant: true },
  'advantage-reinforce-plus-plus': { shiftInvariant: true },
  'advantage-tspo': { shiftInvariant: true, sumsToZero: true },
};

for (const { name, plugin, folder } of await pluginsOf('advantage')) {
  advantageConformance({ describe, it }, plugin, { from: folder, claims: claims[name] ?? {} });
}
