import type { Passage } from '@turnwise/core';
import type { Weighting } from './lunr-index.js';

/** What the worker is given. */
export interface BuildRequest {
  readonly passages: readonly Passage[];
  readonly weighting: Weighting;
  readonly key: string;
}

/** What the worker answers. */
export interface BuildReply {
  readonly block: Uint8Array<ArrayBuffer>;
}
