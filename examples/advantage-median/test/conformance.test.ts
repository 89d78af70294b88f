import { describe, it } from 'node:test';
import { advantageConformance } from '@turnwise/testkit';
import plugin from '../src/index.js';

advantageConformance({ describe, it }, plugin);
