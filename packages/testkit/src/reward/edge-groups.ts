import type { Action, Observation, Trajectory, TrajectoryGroup, Turn } from '@turnwise/core';

const question = { id: 'q1', text: 'Who wrote Velkar?', answers: ['Tinvek'] };

/** With tokens, for rewards that ask the policy. */
const prompt = { text: question.text, tokenIds: Array.from(question.text, (letter) => letter.charCodeAt(0)) };

const search = (query: string, observation: Partial<Observation> = {}): Turn =>
  turnOf(
    { kind: 'search', query },
    { status: 'ok', text: 'Velkar was written by Tinvek.', hits: [{ id: 'p1', score: 3 }], ...observation },
  );
const answer = (text: string): Turn => turnOf({ kind: 'answer', text }, null);

function turnOf(action: Action, observation: Observation | null): Turn {
  const text =
    action.kind === 'search'
      ? `<search> ${action.query} </search>`
      : action.kind === 'answer'
        ? `<answer> ${action.text} </answer>`
        : '';
  return { output: { text, tokenIds: [], logprobs: [] }, action, observation };
}

function member(index: number, turns: readonly Turn[], changes: Partial<Trajectory> = {}): Trajectory {
  const last = turns.at(-1)?.action;
  const given = last?.kind === 'answer' ? last.text : null;
  return {
    id: `q1/${index}`,
    prompt,
    turns,
    answer: given,
    stopReason: given === null ? 'turn-limit' : 'answered',
    ...changes,
  };
}

const plain = (index: number): Trajectory =>
  member(index, [search('Velkar'), answer(index % 2 === 0 ? 'Tinvek' : 'Dormun')]);
const groupOf = (...trajectories: Trajectory[]): TrajectoryGroup => ({ question, trajectories });

/** A right and a wrong trajectory: the case every reward is written for. */
export const plainGroup: TrajectoryGroup = groupOf(
  plain(0),
  plain(1),
  member(2, [search('Velkar'), search('Tinvek'), answer('Tinvek')]),
);

/** Cases authors forget, by what the rule about them says. */
export const edgeGroups: Readonly<Record<string, { readonly says: string; readonly group: () => TrajectoryGroup }>> = {
  'no-turns': { says: 'a trajectory without any turn is scored', group: () => groupOf(plain(0), member(1, [])) },
  'lone-trajectory': { says: 'a group of one is scored', group: () => groupOf(plain(0)) },
  'many-turns': {
    says: '10,000 turns are scored',
    group: () =>
      groupOf(plain(0), member(1, [...Array.from({ length: 9_999 }, () => search('Velkar')), answer('Tinvek')])),
  },
  'failed-search': {
    says: 'searches that failed or found nothing are scored',
    group: () =>
      groupOf(
        plain(0),
        member(1, [
          search('Velkar', { status: 'error', text: 'The search engine is not available.', hits: [] }),
          search('Velkar', { status: 'timeout', text: 'The search engine is not available.', hits: [] }),
          search('Velkar', { status: 'empty', text: 'No passages found.', hits: [] }),
          answer('Dormun'),
        ]),
      ),
  },
  'no-answer': {
    says: 'a trajectory that gave no answer is scored',
    group: () => groupOf(plain(0), member(1, [search('Velkar')])),
  },
  'invalid-action': {
    says: 'outputs that asked for nothing are scored',
    group: () =>
      groupOf(
        plain(0),
        member(1, [
          turnOf({ kind: 'invalid', reason: 'no-action' }, { status: 'invalid', text: 'Write a search.', hits: [] }),
          answer('Tinvek'),
        ]),
      ),
  },
  unicode: {
    says: 'any script, emoji, and characters of several code units are scored',
    group: () => groupOf(plain(0), member(1, [search('Ösk 河川 👩‍🚀\u0000'), answer('Ті́нвек 🇺🇳')])),
  },
  'failed-trajectory': {
    says: 'a trajectory that infrastructure ended is scored or abstains, and takes nobody with it',
    group: () =>
      groupOf(
        plain(0),
        member(1, [search('Velkar')], {
          stopReason: 'policy-failed',
          failure: { code: 'ROLLOUT_POLICY', message: 'gone' },
        }),
      ),
  },
};
