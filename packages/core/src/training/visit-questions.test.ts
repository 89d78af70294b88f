import { describe, expect, it } from '@jest/globals';
import { QuestionLedger } from './question-ledger.js';
import type { SampledGroup, StepSample } from './sample-step.js';
import { assertQuestionsLeft, visitQuestions } from './visit-questions.js';

/** A member: right, wrong, abstaining by its reward, or ended by infrastructure. */
type Member = 'right' | 'wrong' | 'abstains' | 'failed';

function group(id: string, members: readonly Member[], more: Partial<SampledGroup> = {}): SampledGroup {
  const turns = members.map((member) => [member === 'right' ? 1 : 0]);
  return {
    group: {
      question: { id, text: '?', answers: ['a'] },
      trajectories: members.map((member, index) => ({
        ...{ id: `${id}/${index}`, turns: [], answer: null, stopReason: 'answered' },
        ...(member === 'failed' ? { failure: { code: 'ROLLOUT_SEARCH', message: 'down' } } : {}),
      })),
      shaped: members.map((member) => ({
        outcome: member === 'abstains' ? null : 0,
        correct: member === 'right' || member === 'failed',
        turns: [0],
      })),
    } as unknown as SampledGroup['group'],
    advantages: { composition: 'mixed', level: 'turn', turns },
    ...{ round: 1, leftOut: null, fault: null },
    ...more,
  };
}

const sample = (...groups: SampledGroup[]): StepSample => ({ groups, rounds: 1, rolloutSeconds: 1 });

describe('visitQuestions', () => {
  it('counts of a group what can be said about it', () => {
    const ledger = new QuestionLedger();
    visitQuestions(ledger, sample(group('q', ['right', 'wrong', 'wrong', 'abstains', 'failed'])), 3, null);
    expect(ledger.of('q')).toEqual({ visits: 1, lastStep: 3, success: 1 / 3, signal: 1, faults: [] });
  });

  it('knows nothing of a group without a score, nor of one whose reward failed', () => {
    const ledger = new QuestionLedger();
    const fault = { leftOut: 'faulty', fault: 'NaN' } as const;
    visitQuestions(ledger, sample(group('a', ['abstains', 'failed']), group('b', ['right'], fault)), 1, null);
    for (const id of ['a', 'b']) expect(ledger.of(id)).toMatchObject({ visits: 1, success: 0, signal: 1 });
  });

  it('finds no signal in a group whose advantages are all zero', () => {
    const ledger = new QuestionLedger();
    visitQuestions(ledger, sample(group('q', ['wrong', 'wrong'])), 1, null);
    expect(ledger.of('q')).toMatchObject({ success: 0, signal: 0 });
  });

  const quarantine = { strikes: 1, share: 0.5, most: 0.5 };
  const failing = { fault: 'searches fail' };

  it('blames questions for failing rollouts as long as half of the groups or fewer have them', () => {
    const ledger = new QuestionLedger();
    const fine = ['c', 'd'].map((id) => group(id, ['right']));
    const events = visitQuestions(
      ledger,
      sample(group('a', ['right'], failing), group('b', ['right'], failing), ...fine),
      7,
      quarantine,
    );
    expect(events).toEqual(
      ['a', 'b'].map((question) => ({
        ...{ step: 7, kind: 'quarantine', question, faults: ['searches fail'] },
        message: `question ${question} is set aside after 1 faults in a row: searches fail`,
      })),
    );
    expect(ledger.quarantined).toBe(2);
  });

  it('blames none when more have them, but for a reward that failed', () => {
    const ledger = new QuestionLedger();
    const events = visitQuestions(
      ledger,
      sample(
        ...['a', 'b', 'c'].map((id) => group(id, ['right'], failing)),
        group('d', ['right'], { fault: 'NaN', leftOut: 'faulty' }),
        group('e', ['right']),
      ),
      7,
      quarantine,
    );
    expect(events.map(({ question }) => question)).toEqual(['d']);
  });

  it('takes no reward that failed for an outage', () => {
    const ledger = new QuestionLedger();
    const events = visitQuestions(
      ledger,
      sample(group('a', ['right'], failing), group('b', ['right'], { fault: 'NaN', leftOut: 'faulty' })),
      7,
      quarantine,
    );
    expect(events.map(({ question }) => question)).toEqual(['a', 'b']);
  });
});

describe('assertQuestionsLeft', () => {
  it('allows as many to be set aside as the settings say, and none more', () => {
    const ledger = new QuestionLedger();
    const settings = { strikes: 1, share: 0.5, most: 0.5 };
    visitQuestions(ledger, sample(group('a', ['right'], { fault: 'NaN', leftOut: 'faulty' })), 1, settings);
    expect(() => assertQuestionsLeft(ledger, 2, settings)).not.toThrow();
    expect(() => assertQuestionsLeft(ledger, 1, settings)).toThrow(
      expect.objectContaining({ code: 'RUN_QUARANTINE_FULL' }),
    );
    expect(() => assertQuestionsLeft(ledger, 1, null)).not.toThrow();
  });
});
