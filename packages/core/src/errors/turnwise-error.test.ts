import { describe, expect, it } from '@jest/globals';
import { errorCodes } from './error-codes.js';
import { TurnwiseError } from './turnwise-error.js';

describe('TurnwiseError', () => {
  it('is recognised by its mark, also when it comes from another copy of the core', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('turnwise.error')]: true });
    expect(TurnwiseError.is(new TurnwiseError('RUN_EXISTS', 'x'))).toBe(true);
    expect(TurnwiseError.is(foreign)).toBe(true);
    expect([new Error('x'), null, 'x', {}].some((value) => TurnwiseError.is(value))).toBe(false);
  });

  it('keeps what it was told', () => {
    const cause = new Error('disk full');
    const error = new TurnwiseError('RUN_WRITE_FAILED', 'no', { hint: 'free some space', where: 'a.jsonl:3', cause });
    expect(error).toMatchObject({ code: 'RUN_WRITE_FAILED', hint: 'free some space', where: 'a.jsonl:3', cause });
  });
});

describe('errorCodes', () => {
  it.each(Object.entries(errorCodes))('%s belongs to a family and says what it means', (code, { exit, meaning }) => {
    expect(code).toMatch(/^(CONFIG|DATA|PLUGIN|CONTRACT|TESTKIT|ROLLOUT|RUN)_[A-Z_]+$/);
    expect([1, 2]).toContain(exit);
    expect(meaning).toMatch(/^[A-Z].*\.$/);
  });
});
