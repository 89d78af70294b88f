import { TurnwiseError } from '../errors/index.js';
import { isDead } from './dead-groups.js';
import type { Quarantine } from './faulty-groups.js';
import type { QuestionLedger } from './question-ledger.js';
import type { SampledGroup, StepSample } from './sample-step.js';
import type { TrainingEvent } from './trainer-state.js';

/**
 * Writes the groups of a step into the ledger. When rollouts failed in more than half of them, that is an outage and no
 * question is blamed.
 *
 * @returns one event for each question that was set aside
 */
export function visitQuestions(
  ledger: QuestionLedger,
  { groups }: StepSample,
  step: number,
  quarantine: Quarantine | null,
): TrainingEvent[] {
  const outage =
    groups.filter(({ fault, leftOut }) => fault !== null && leftOut !== 'faulty').length * 2 > groups.length;
  return groups.flatMap(({ group, advantages, fault, leftOut }) => {
    const { id: question } = group.question;
    const success = leftOut === 'faulty' ? null : successOf(group);
    const excused = fault !== null && leftOut !== 'faulty' && outage;
    const visit = { question, step, success, signal: !isDead(advantages), fault, excused };
    const setAside = ledger.visit(visit, quarantine?.strikes ?? null);
    if (setAside === null) return [];
    const message = `question ${question} is set aside after ${setAside.faults.length} faults in a row: ${fault}`;
    return [{ step, kind: 'quarantine', message, question, faults: setAside.faults }];
  });
}

/** @throws RUN_QUARANTINE_FULL */
export function assertQuestionsLeft(ledger: QuestionLedger, questions: number, quarantine: Quarantine | null): void {
  const { quarantined } = ledger;
  if (quarantine === null || quarantined <= quarantine.most * questions) return;
  throw new TurnwiseError(
    'RUN_QUARANTINE_FULL',
    `${quarantined} of ${questions} training questions are set aside, more than training.quarantine.most (${quarantine.most}).`,
    {
      where: 'training.quarantine.most',
      hint: 'events.jsonl says why each was. So many point to the reward, the search tool or the policy, not to the questions.',
    },
  );
}

/** `null` when nothing could be said about any trajectory. */
function successOf({ trajectories, shaped }: SampledGroup['group']): number | null {
  const scored = shaped.filter(({ outcome }, index) => outcome !== null && trajectories[index]?.failure === undefined);
  return scored.length === 0 ? null : scored.filter(({ correct }) => correct).length / scored.length;
}
