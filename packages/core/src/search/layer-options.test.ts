import { describe, expect, it } from '@jest/globals';
import { searchLayerOptions } from './layer-options.js';

describe('options', () => {
  it('have defaults, refuse unknown keys, and refuse recording and replaying at once', () => {
    expect(searchLayerOptions.parse({})).toEqual({
      cacheEntries: 10_000,
      batchSize: 64,
      batchWaitMilliseconds: 2,
      concurrency: 8,
      timeoutSeconds: 30,
      attempts: 3,
      retrySeconds: 0.5,
      breakerFailures: 10,
      breakerSeconds: 5,
    });
    expect(searchLayerOptions.safeParse({ retries: 3 }).success).toBe(false);
    expect(searchLayerOptions.safeParse({ record: 'a', replay: 'b' }).success).toBe(false);
  });
});
