import { nearMisses, type GroupAdvantages, type ShapedGroup } from '@turnwise/core';
import type { GroupSummary, QuestionState } from './views.js';

/** A line of `trajectories/step-*.jsonl`. */
export interface GroupLine extends ShapedGroup {
  readonly step: number;
  readonly advantages: GroupAdvantages;
}

/** Reads a recorded line; `null` for one that is no group of a run. */
export function parseGroupLine(text: string): GroupLine | null {
  try {
    const line = JSON.parse(text) as Partial<GroupLine>;
    const { question, trajectories, shaped, advantages } = line;
    const complete = question?.id !== undefined && Array.isArray(trajectories) && Array.isArray(shaped);
    return complete && Array.isArray(advantages?.turns) ? (line as GroupLine) : null;
  } catch {
    return null;
  }
}

/** What the lists show of a group. */
export function summariseGroup(line: GroupLine, index: number): GroupSummary {
  const { question, trajectories, shaped, advantages } = line;
  const missed = nearMisses(line).filter(Boolean).length;
  const outcomes = shaped.flatMap(({ outcome }) => (typeof outcome === 'number' ? [outcome] : []));
  return {
    index,
    question: { id: question.id, text: question.text },
    composition: advantages.composition,
    state: questionState({ composition: advantages.composition, nearMisses: missed }),
    level: advantages.level,
    dead: advantages.turns.every((row) => row.every((value) => value === 0)),
    nearMisses: missed,
    trajectories: trajectories.length,
    turns: trajectories.reduce((sum, { turns }) => sum + turns.length, 0),
    outcome: outcomes.length === 0 ? null : outcomes.reduce((sum, outcome) => sum + outcome, 0) / outcomes.length,
  };
}

/** What became of a group. */
function questionState({
  composition,
  nearMisses: missed,
}: Pick<GroupSummary, 'composition' | 'nearMisses'>): QuestionState {
  return composition === 'all-wrong' && missed > 0 ? 'near-miss' : composition;
}
