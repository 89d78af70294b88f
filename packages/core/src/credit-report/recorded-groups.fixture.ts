import type { GroupAdvantages, ShapedGroup, Trajectory, TurnRewards } from '../contract/index.js';

/** A trajectory that searched `searches` times, then answered; `tokens` for each turn. */
export function trajectoryOf(id: string, searches: number, answer: string, tokens = 0): Trajectory {
  const tokenIds = new Array<number>(tokens).fill(1);
  const output = (text: string) => ({ text, tokenIds, logprobs: tokenIds.map(() => -1) });
  const searching = Array.from({ length: searches }, (_, turn) => ({
    output: output(`<search> ${id} ${turn} </search>`),
    action: { kind: 'search' as const, query: `${id} ${turn}` },
    observation: { status: 'ok' as const, text: turn === 0 ? 'Bonn is old' : 'nothing', hits: [] },
  }));
  const answering = { output: output(answer), action: { kind: 'answer' as const, text: answer }, observation: null };
  return { id, turns: [...searching, answering], answer, stopReason: 'answered' };
}

/** A group of scored trajectories. */
export function groupOf(id: string, members: readonly (readonly [Trajectory, Partial<TurnRewards>])[]): ShapedGroup {
  return {
    question: { id, text: 'Where?', answers: ['Bonn'] },
    trajectories: members.map(([trajectory]) => trajectory),
    shaped: members.map(([{ turns }, rewards]) => ({
      outcome: 0,
      correct: false,
      turns: turns.map(() => 0),
      ...rewards,
    })),
  };
}

export const advantagesOf = (
  composition: GroupAdvantages['composition'],
  turns: readonly (readonly number[])[],
): GroupAdvantages => ({
  composition,
  level: turns.flat().some((value) => value !== 0) ? 'turn' : 'none',
  turns,
});
