import type { Trajectory, Turn } from '@turnwise/core';

/** One way an episode can go: its probability, its scores and the trajectory a run would have recorded. */
export interface Path {
  readonly probability: number;
  /** `[turn][parameter]`: derivative of the log-probability of that turn's choice by each logit of the policy. */
  readonly scores: readonly (readonly number[])[];
  readonly trajectory: Trajectory;
}

/** A policy with a few logits in a world so small that all its episodes can be listed. */
export interface DecisionProcess {
  readonly parameters: readonly string[];
  /** All paths under the policy with these logits; probabilities sum to 1. */
  paths(logits: readonly number[]): Path[];
  /** The logits at which expectations are taken. */
  readonly logits: readonly number[];
}

export const goldAnswer = 'Paris';

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));
const logit = (probability: number): number => Math.log(probability / (1 - probability));

/** Builds paths by branching; nature branches without score, the policy with the score of a Bernoulli logit. */
class Episode {
  constructor(
    private readonly parameters: number,
    readonly probability = 1,
    private readonly scores: readonly (readonly number[])[] = [],
    private readonly turns: readonly Turn[] = [],
    private readonly pending: readonly number[] | null = null,
  ) {}

  /** A choice of the policy in the current turn: yes with probability sigmoid(logit). */
  choose(
    parameter: number,
    value: number,
    yes: (episode: Episode) => Path[],
    no: (episode: Episode) => Path[],
  ): Path[] {
    const probability = sigmoid(value);
    const scored = (score: number): number[] =>
      (this.pending ?? new Array<number>(this.parameters).fill(0)).map(
        (own, index) => own + (index === parameter ? score : 0),
      );
    return [
      ...yes(this.with(this.probability * probability, scored(1 - probability))),
      ...no(this.with(this.probability * (1 - probability), scored(-probability))),
    ];
  }

  /** Something the policy does not decide. */
  happens(probability: number, yes: (episode: Episode) => Path[], no: (episode: Episode) => Path[]): Path[] {
    return [
      ...yes(this.with(this.probability * probability, this.pending)),
      ...no(this.with(this.probability * (1 - probability), this.pending)),
    ];
  }

  /** Ends the turn with a search that does or does not bring the gold answer. */
  search(findsGold: boolean): Episode {
    const text = findsGold ? `It is ${goldAnswer}.` : 'Nothing of use.';
    const observation = { status: 'ok' as const, text, hits: [] };
    return this.endTurn({
      output: output('<search> x </search>'),
      action: { kind: 'search', query: 'x' },
      observation,
    });
  }

  /** Ends the episode with an answer, or without one after a last search. */
  end(answer: 'right' | 'wrong' | 'none'): Path[] {
    const given = answer === 'none' ? null : answer === 'right' ? goldAnswer : 'Rome';
    const last =
      given === null
        ? this
        : this.endTurn({ output: output(given), action: { kind: 'answer', text: given }, observation: null });
    const stopReason = given === null ? 'turn-limit' : 'answered';
    const trajectory: Trajectory = { id: 'q/0', turns: last.turns, answer: given, stopReason };
    return [{ probability: this.probability, scores: last.scores, trajectory }];
  }

  private endTurn(turn: Turn): Episode {
    const score = this.pending ?? new Array<number>(this.parameters).fill(0);
    return new Episode(this.parameters, this.probability, [...this.scores, score], [...this.turns, turn]);
  }

  private with(probability: number, pending: readonly number[] | null): Episode {
    return new Episode(this.parameters, probability, this.scores, this.turns, pending);
  }
}

function output(text: string): Turn['output'] {
  return { text, tokenIds: [], logprobs: [] };
}

/**
 * Two turns. In turn 0 the policy answers from memory, right with probability `memory`, or searches; the search brings
 * gold with probability `find`. In turn 1 it answers: with gold before its eyes it chooses the right or a wrong reading,
 * without gold it is wrong.
 */
export function answerOrSearch({ search = 0.5, find = 0.5, read = 0.4, memory = 0.2 } = {}): DecisionProcess {
  return {
    parameters: ['search', 'read'],
    logits: [logit(search), logit(read)],
    paths([searchLogit = 0, readLogit = 0]) {
      return new Episode(2).choose(
        0,
        searchLogit,
        (searching) =>
          searching.happens(
            find,
            (found) =>
              found.search(true).choose(
                1,
                readLogit,
                (right) => right.end('right'),
                (wrong) => wrong.end('wrong'),
              ),
            (missed) => missed.search(false).end('wrong'),
          ),
        (answering) =>
          answering.happens(
            memory,
            (right) => right.end('right'),
            (wrong) => wrong.end('wrong'),
          ),
      );
    },
  };
}

/**
 * Up to three turns. In each the policy searches or answers, with a logit of its own for every turn and for whether gold
 * was seen; a search on the last turn ends the episode unanswered. Before gold is seen an answer is right with probability
 * `memory`, afterwards as often as the policy reads well; each search brings gold with probability `find`.
 */
export function ladder({ search = 0.6, find = 0.4, read = 0.3, memory = 0.1 } = {}): DecisionProcess {
  const parameters = ['search 0', 'search 1', 'search 1 after gold', 'search 2', 'search 2 after gold', 'read'];
  const turn = (episode: Episode, index: number, seen: boolean, logits: readonly number[]): Path[] => {
    const parameter = index === 0 ? 0 : 2 * index - 1 + (seen ? 1 : 0);
    return episode.choose(
      parameter,
      logits[parameter] ?? 0,
      (searching) => {
        const next = (found: boolean) => (after: Episode) => {
          const searched = after.search(found);
          return index === 2 ? searched.end('none') : turn(searched, index + 1, seen || found, logits);
        };
        return searching.happens(find, next(true), next(false));
      },
      (answering) =>
        seen
          ? answering.choose(
              5,
              logits[5] ?? 0,
              (right) => right.end('right'),
              (wrong) => wrong.end('wrong'),
            )
          : answering.happens(
              memory,
              (right) => right.end('right'),
              (wrong) => wrong.end('wrong'),
            ),
    );
  };
  return {
    parameters,
    logits: [search, search, 1 - search, 1 - search, 1 - search, read].map(logit),
    paths: (logits) => turn(new Episode(parameters.length), 0, false, logits),
  };
}
