import type { Composition, Question, ShapedGroup, Trajectory, TurnRewards } from '../contract/index.js';
import { firstOccurrences, nearMisses } from '../credit/index.js';

/** Who wrote a piece of a trajectory: what the policy wrote is what it is trained on. */
export type Owner = 'prompt' | 'policy' | 'observation';

/** A piece of text, marked where it holds a gold answer. */
export interface TextPart {
  readonly text: string;
  readonly gold: boolean;
}

/** A piece of a trajectory that one owner wrote. */
export interface OwnedText {
  readonly owner: Owner;
  readonly parts: readonly TextPart[];
  /** Tokens of the whole piece; `null` where none were recorded. */
  readonly tokens: number | null;
  /** Characters that were left out at the end. */
  readonly leftOut: number;
}

export interface TurnView {
  /** From 0, as in data. */
  readonly turn: number;
  readonly action: 'search' | 'answer' | 'invalid';
  readonly texts: readonly OwnedText[];
  readonly reward: number | null;
  readonly advantage: number | null;
  readonly reason: string | null;
  /** A gold answer stood in an observation for the first time here. */
  readonly goldFirstSeen: boolean;
}

export interface TrajectoryView {
  readonly id: string;
  readonly prompt: OwnedText | null;
  readonly turns: readonly TurnView[];
  readonly answer: string | null;
  readonly stopReason: string;
  readonly correct: boolean | null;
  readonly nearMiss: boolean;
  readonly outcome: number | null;
  readonly failure: string | null;
}

export interface GroupView {
  readonly step: number;
  readonly question: Question;
  readonly composition: Composition;
  /** Why it was not trained on; `null`: it was. */
  readonly leftOut: string | null;
  /** Members of the group, of which `trajectories` may be a part. */
  readonly members: number;
  readonly trajectories: readonly TrajectoryView[];
}

/** A recorded group line with its credit. */
export interface RecordedStepGroup extends ShapedGroup {
  readonly step: number;
  readonly advantages: { readonly composition: Composition; readonly turns: readonly (readonly number[])[] };
  readonly leftOut?: string;
}

export interface ViewLimits {
  /** Longest text of one piece, in characters. */
  readonly characters: number;
  readonly trajectories: number;
}

/** A recorded group as it is shown: owners apart, gold marked, credit turn by turn. */
export function groupView(group: RecordedStepGroup, limits: ViewLimits): GroupView {
  const { step, question, trajectories, shaped, advantages, leftOut = null } = group;
  const first = firstOccurrences(group);
  const missed = nearMisses(group);
  const shown = chosenMembers(shaped, missed, limits.trajectories);
  return {
    step,
    question,
    composition: advantages.composition,
    leftOut,
    members: trajectories.length,
    trajectories: shown.flatMap((member) => {
      const trajectory = trajectories[member];
      if (trajectory === undefined) return [];
      const credit = {
        rewards: shaped[member],
        advantages: advantages.turns[member],
        firstGold: first[member] ?? null,
      };
      return [trajectoryView(question, trajectory, credit, missed[member] === true, limits)];
    }),
  };
}

/** One of each kind first (right, near-missed, otherwise wrong), then in order. */
function chosenMembers(shaped: readonly TurnRewards[], missed: readonly boolean[], most: number): number[] {
  const kind = (member: number): number => (shaped[member]?.correct === true ? 0 : missed[member] === true ? 1 : 2);
  const firsts = [0, 1, 2].flatMap((wanted) => {
    const found = shaped.findIndex((_, member) => kind(member) === wanted);
    return found === -1 ? [] : [found];
  });
  const rest = shaped.flatMap((_, member) => (firsts.includes(member) ? [] : [member]));
  return [...firsts, ...rest].slice(0, most).sort((left, right) => left - right);
}

interface Credit {
  readonly rewards: TurnRewards | undefined;
  readonly advantages: readonly number[] | undefined;
  readonly firstGold: number | null;
}

function trajectoryView(
  question: Question,
  trajectory: Trajectory,
  { rewards, advantages, firstGold }: Credit,
  nearMiss: boolean,
  { characters }: ViewLimits,
): TrajectoryView {
  const owned = (owner: Owner, text: string, tokenIds: readonly number[] | undefined): OwnedText => ({
    owner,
    parts: goldParts(text.slice(0, characters), owner === 'prompt' ? [] : question.answers),
    tokens: tokenIds === undefined || tokenIds.length === 0 ? null : tokenIds.length,
    leftOut: Math.max(0, text.length - characters),
  });
  const { prompt } = trajectory;
  return {
    id: trajectory.id,
    prompt: prompt === undefined ? null : owned('prompt', prompt.text, prompt.tokenIds),
    turns: trajectory.turns.map(({ output, action, observation }, turn) => ({
      turn,
      action: action.kind,
      texts: [
        owned('policy', output.text, output.tokenIds),
        ...(observation === null ? [] : [owned('observation', observation.text, observation.tokenIds)]),
      ],
      reward: rewards?.turns[turn] ?? null,
      advantage: advantages?.[turn] ?? null,
      reason: rewards?.reasons?.[turn] ?? null,
      goldFirstSeen: firstGold === turn,
    })),
    answer: trajectory.answer,
    stopReason: trajectory.stopReason,
    correct: rewards?.correct ?? null,
    nearMiss,
    outcome: rewards?.outcome ?? null,
    failure: trajectory.failure?.message ?? null,
  };
}

/**
 * A text cut where gold answers stand in it, whatever their case. Found as written: an answer that the matcher finds only
 * after normalisation is not marked.
 */
export function goldParts(text: string, answers: readonly string[]): TextPart[] {
  const golds = answers.map((answer) => answer.trim()).filter((answer) => answer.length > 1);
  if (golds.length === 0) return text === '' ? [] : [{ text, gold: false }];
  const pattern = golds
    .sort((left, right) => right.length - left.length)
    .map((gold) => gold.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
  return text
    .split(new RegExp(`(${pattern})`, 'giu'))
    .map((part, index) => ({ text: part, gold: index % 2 === 1 }))
    .filter((part) => part.text !== '');
}
