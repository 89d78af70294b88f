import type { QuestionKind } from './draw-questions.js';

/**
 * `standard` asks for one or two facts, or sets two people side by side. `hard` asks for chains of three facts:
 * there the base checkpoint seldom gets anywhere, so most groups of trajectories are wrong throughout.
 */
export type Difficulty = 'standard' | 'hard';

export const questionKinds: Readonly<Record<Difficulty, readonly QuestionKind[]>> = {
  standard: [
    { type: 'bridge', hops: 1, share: 0.35 },
    { type: 'bridge', hops: 2, share: 0.45 },
    { type: 'comparison', share: 0.2 },
  ],
  hard: [{ type: 'bridge', hops: 3, share: 1 }],
};
