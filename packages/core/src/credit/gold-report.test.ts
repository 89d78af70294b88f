import { expect, it } from '@jest/globals';
import type { Trajectory, TrajectoryGroup } from '../contract/index.js';
import { goldReport } from './gold-report.js';

/** `null`: a turn that read nothing. */
function trajectory(...texts: (string | null)[]): Trajectory {
  const turns = texts.map((text) => ({
    output: { text: '', tokenIds: [], logprobs: [] },
    action: { kind: 'search' as const, query: 'x' },
    observation: text === null ? null : { status: text === '' ? ('empty' as const) : ('ok' as const), text, hits: [] },
  }));
  return { id: 'q/0', turns, answer: 'x', stopReason: 'answered' };
}

const group = (text: string, answers: string[], ...trajectories: Trajectory[]): TrajectoryGroup => ({
  question: { id: 'q', text, answers },
  trajectories,
});

it('counts what was seen, what the guards left out and what leaks', () => {
  const groups = [
    group(
      'Where is the Louvre?',
      ['Paris'],
      trajectory('no', 'Paris'),
      trajectory('Paris', '', 'in Paris'),
      trajectory('Paris'),
    ),
    group('Is Paris larger than Rome?', ['Paris'], trajectory('no')),
    group('Is it?', ['yes'], trajectory('yes', 'yes')),
  ];
  expect(goldReport(groups)).toEqual({
    questions: 3,
    trajectories: 5,
    seen: 3 / 5,
    meanFirstTurn: 1 / 3,
    withoutUsableGold: 1 / 3,
    goldInQuestion: 1 / 3,
    goldInEveryResult: 1 / 5,
  });
  const everywhere = (...texts: (string | null)[]) =>
    goldReport([group('Where?', ['Paris'], trajectory(...texts))]).goldInEveryResult;
  expect(everywhere('Paris', 'Paris', null)).toBe(1);
  expect(everywhere('Paris', 'no', 'Paris')).toBe(0);
  expect(everywhere('no', 'no')).toBe(0);
  expect(everywhere('Paris')).toBe(0);
  expect(goldReport([])).toMatchObject({ seen: 0, meanFirstTurn: null });
});
