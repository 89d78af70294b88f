import { describe, it } from '@jest/globals';
import {
  advantageConformance,
  protocolConformance,
  policyConformance,
  rewardConformance,
  searchToolConformance,
} from '@turnwise/testkit';
import median from '../../examples/advantage-median/src/index.js';
import turnAware from '../../examples/advantage-turn-aware/src/index.js';
import firstOccurrence from '../../examples/reward-first-occurrence/src/index.js';
import grounded from '../../examples/reward-grounded/src/index.js';
import newAdvantage from '../../packages/create-plugin/src/templates/advantage/plugin.js';
import newPolicy from '../../packages/create-plugin/src/templates/policy/plugin.js';
import newProtocol from '../../packages/create-plugin/src/templates/protocol/plugin.js';
import newReward from '../../packages/create-plugin/src/templates/reward/plugin.js';
import newSearch from '../../packages/create-plugin/src/templates/search/plugin.js';

/** What new plugins start from and what the examples show passes the kit; from packed packages: `npm run test:packed`. */
const runner = { describe, it };
const alone = { from: null };
const named = <Plugin extends { readonly id: string }>(plugin: Plugin, id: string): Plugin => ({ ...plugin, id });

advantageConformance(runner, median, alone);
advantageConformance(runner, turnAware, alone);
rewardConformance(runner, firstOccurrence, alone);
rewardConformance(runner, grounded, alone);
advantageConformance(runner, named(newAdvantage, 'new-advantage'), alone);
rewardConformance(runner, named(newReward, 'new-reward'), alone);
searchToolConformance(runner, named(newSearch, 'new-search'), alone);
policyConformance(runner, named(newPolicy, 'new-policy'), alone);
protocolConformance(runner, named(newProtocol, 'new-protocol'), {
  from: null,
  fixtures: [
    { output: 'Hm. [search: who wrote it]', action: { kind: 'search', query: 'who wrote it' } },
    { output: '[answer: Tinvek]', action: { kind: 'answer', text: 'Tinvek' } },
    { output: 'no idea', action: { kind: 'invalid', reason: 'no-action' } },
  ],
});
