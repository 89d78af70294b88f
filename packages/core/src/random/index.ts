export * from './random-stream.js';
