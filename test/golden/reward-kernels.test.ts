import { expect, it } from '@jest/globals';
import { overlongOptions, overlongPenalty } from '@turnwise/reward-overlong';
import { goldenKernel } from './golden-file.js';

it('overlong', () => {
  const options = overlongOptions.parse({ maxTokens: 20, bufferTokens: 8 });
  for (const { length, penalty } of (goldenKernel('overlong') as { rows: { length: number; penalty: number }[] })
    .rows) {
    const output = {
      text: '',
      tokenIds: new Array<number>(length).fill(1),
      logprobs: new Array<number>(length).fill(-1),
    };
    const turns = [{ output, action: { kind: 'answer' as const, text: 'x' }, observation: null }];
    const group = {
      question: { id: 'q', text: 'Which?', answers: ['x'] },
      trajectories: [{ id: 'q/0', turns, answer: 'x', stopReason: 'answered' as const }],
    };
    expect(overlongPenalty(group, options)[0]?.outcome).toBeCloseTo(penalty, 6);
  }
});
