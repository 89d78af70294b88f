import { expect, it } from '@jest/globals';
import { QuestionLedger, type Visit } from './question-ledger.js';

const visit = (changes: Partial<Visit> = {}): Visit => ({
  ...{ question: 'q', step: 1, success: 1, signal: true, fault: null, excused: false },
  ...changes,
});

it('blends what it sees, half of it new, and begins with the first visit', () => {
  const ledger = new QuestionLedger();
  expect(ledger.of('q')).toBeUndefined();
  ledger.visit(visit({ success: 1, signal: false }), null);
  expect(ledger.of('q')).toEqual({ visits: 1, lastStep: 1, success: 1, signal: 0, faults: [] });
  ledger.visit(visit({ step: 4, success: 0.5 }), null);
  expect(ledger.of('q')).toEqual({ visits: 2, lastStep: 4, success: 0.75, signal: 0.5, faults: [] });
  // What cannot be said changes neither.
  ledger.visit(visit({ step: 5, success: null, signal: false }), null);
  expect(ledger.of('q')).toMatchObject({ visits: 3, lastStep: 5, success: 0.75, signal: 0.5 });
  ledger.visit(visit({ question: 'r', success: null, signal: false }), null);
  expect(ledger.of('r')).toMatchObject({ visits: 1, success: 0, signal: 1 });
});

it('sets a question aside after so many faults in a row, once', () => {
  const ledger = new QuestionLedger();
  const fails = (step: number, extra: Partial<Visit> = {}) =>
    ledger.visit(visit({ step, success: null, fault: `fault ${step}`, ...extra }), 2);
  expect(fails(1)).toBeNull();
  expect(ledger.visit(visit({ step: 2 }), 2)).toBeNull();
  expect(fails(3)).toBeNull();
  // An excused fault counts neither way.
  expect(fails(4, { excused: true })).toBeNull();
  expect(ledger.isQuarantined('q')).toBe(false);
  expect(fails(5)).toMatchObject({ quarantinedAt: 5, faults: ['fault 3', 'fault 5'] });
  expect(ledger.isQuarantined('q')).toBe(true);
  expect(fails(6)).toBeNull();
  expect(ledger.of('q')).toMatchObject({ quarantinedAt: 5, faults: ['fault 5', 'fault 6'] });
  ledger.visit(visit({ question: 'r' }), 2);
  expect(ledger.quarantined).toBe(1);
  expect(new QuestionLedger(ledger.state).state).toEqual(ledger.state);
});

it('keeps the last fault alone where there is no limit, and sets nothing aside', () => {
  const ledger = new QuestionLedger();
  for (let step = 1; step <= 5; step++) {
    expect(ledger.visit(visit({ step, success: null, fault: `fault ${step}` }), null)).toBeNull();
  }
  expect(ledger.of('q')?.faults).toEqual(['fault 5']);
  expect(ledger.quarantined).toBe(0);
});
