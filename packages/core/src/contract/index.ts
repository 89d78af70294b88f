export type * from './v1/index.js';
export type * from './v2/index.js';
