import { describe, expect, it } from '@jest/globals';
import { CircuitBreaker } from './circuit-breaker.js';

describe('CircuitBreaker', () => {
  it('opens after failures in a row, lets one probe through after a while, and closes when that succeeds', () => {
    let now = 0;
    const breaker = new CircuitBreaker(3, 100, () => now);
    const fail = (): void => {
      expect(breaker.admit()).toBe(true);
      breaker.failed();
    };
    fail();
    fail();
    breaker.succeeded();
    fail();
    fail();
    fail();
    expect(breaker.opened).toBe(1);
    expect(breaker.admit()).toBe(false);
    now = 100;
    expect(breaker.admit()).toBe(true);
    expect(breaker.admit()).toBe(false);
    breaker.failed();
    now = 150;
    expect(breaker.admit()).toBe(false);
    now = 200;
    expect(breaker.admit()).toBe(true);
    breaker.succeeded();
    expect([breaker.admit(), breaker.admit()]).toEqual([true, true]);
    expect(breaker.opened).toBe(1);
  });

  it('lets another probe through when the first was abandoned', () => {
    let now = 0;
    const breaker = new CircuitBreaker(1, 100, () => now);
    breaker.failed();
    now = 100;
    expect(breaker.admit()).toBe(true);
    breaker.abandoned();
    expect(breaker.admit()).toBe(true);
  });

  it('never opens with 0', () => {
    const breaker = new CircuitBreaker(0, 100, () => 0);
    for (let failure = 0; failure < 50; failure++) breaker.failed();
    expect(breaker.admit()).toBe(true);
  });
});
