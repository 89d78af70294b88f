import type { QuestionKind } from '../world/draw-questions.js';
import type { PhaseSchedule } from './train-phase.js';

/** Everything that decides the base checkpoint besides the code. */
export interface RecipeSettings {
  /** Of the initial weights and of all worlds and demonstrations. */
  readonly seed: number;
  /** What the demonstrations ask. */
  readonly questionKinds: readonly QuestionKind[];
  /** Phase one, on the `practice` demonstrator: learn to read, to compose names and to follow chains. */
  readonly practice: PhaseSchedule;
  /** Phase two, on the `imperfect` demonstrator: take on its habits. */
  readonly imperfect: PhaseSchedule;
}

export const recipeSettings: RecipeSettings = {
  seed: 1,
  questionKinds: [
    { type: 'bridge', hops: 1, share: 0.25 },
    { type: 'bridge', hops: 2, share: 0.25 },
    { type: 'bridge', hops: 3, share: 0.25 },
    { type: 'comparison', share: 0.25 },
  ],
  practice: { steps: 2400, tokensPerStep: 2500, peakLearningRate: 3e-3, warmupSteps: 50, decayFrom: 0.4 },
  imperfect: { steps: 500, tokensPerStep: 4000, peakLearningRate: 1e-3, warmupSteps: 20, decayFrom: 0.3 },
};
