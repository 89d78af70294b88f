import { normalizeAnswer, type Trajectory } from '@turnwise/core';

/** Whether some search brought a text that holds the answer, letter case, punctuation and articles aside. */
export function quotes({ turns }: Trajectory, answer: string): boolean {
  const wanted = normalizeAnswer(answer);
  return (
    wanted !== '' &&
    turns.some(({ observation }) => observation?.status === 'ok' && normalizeAnswer(observation.text).includes(wanted))
  );
}
