export * from './aggregation.js';
export * from './kl.js';
export * from './objective-loss.js';
export * from './token-loss.js';
