export type * from './reward-shaper.js';
