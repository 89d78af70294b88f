import { describe, it } from '@jest/globals';
import { rewardConformance } from '@turnwise/testkit';
import { pluginsOf } from './plugin-folders.js';

for (const { plugin, folder } of await pluginsOf('reward')) {
  rewardConformance({ describe, it }, plugin, { from: folder });
}
