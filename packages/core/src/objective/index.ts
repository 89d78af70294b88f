export * from './aggregation.js';
export * from './batch-totals.js';
export * from './kl.js';
export * from './objective-loss.js';
export * from './token-loss.js';
