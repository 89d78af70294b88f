import { describe, it } from 'node:test';
import { rewardConformance } from '@turnwise/testkit';
import plugin from '../src/index.js';

rewardConformance({ describe, it }, plugin);
