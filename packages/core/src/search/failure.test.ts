import { describe, expect, it } from '@jest/globals';
import { isRefusal, isTransient, retryAfter, SearchFailure } from './failure.js';

describe('what an error of a search tool means', () => {
  it.each([
    [new SearchFailure('x', { status: 503 }), true, false],
    [new SearchFailure('x', { status: 500 }), true, false],
    [new SearchFailure('x', { status: 429 }), true, false],
    [new SearchFailure('x', { status: 400 }), false, true],
    [new SearchFailure('x'), false, false],
    [new Error('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) }), true, false],
    [Object.assign(new Error('x'), { code: 'ENOENT' }), false, false],
    [new TypeError('a bug'), false, false],
    ['text', false, false],
    [null, false, false],
  ])('%s', (error, transient, refusal) => {
    expect(isTransient(error)).toBe(transient);
    expect(isRefusal(error)).toBe(refusal);
  });

  it('reads how long to wait', () => {
    expect(retryAfter(new Error('x', { cause: new SearchFailure('y', { retryAfterSeconds: 3 }) }))).toBe(3);
    expect(retryAfter(new SearchFailure('y'))).toBe(0);
  });
});
