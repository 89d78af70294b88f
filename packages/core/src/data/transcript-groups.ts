import type { Trajectory, TrajectoryGroup } from '../contract/index.js';
import { invalidLine } from './parse-row.js';
import { parseTranscript } from './parse-transcript.js';
import type { Line } from './read-lines.js';
import type { TranscriptRow } from './transcript-row.js';

/** A group that later rows of its file may still add to, and the line that began it. */
interface GrowingGroup {
  readonly group: TrajectoryGroup & { readonly trajectories: Trajectory[] };
  readonly line: number;
}

/**
 * Puts the rows of one file of transcripts together. The returned function gives the group a row begins, or `null` when
 * the row was added to the group of an earlier one.
 *
 * @throws DATA_INVALID when a row has no question or gold answer, or other ones than the rows it belongs to
 */
export function transcriptGroups(file: string): (row: TranscriptRow, line: Line) => TrajectoryGroup | null {
  const growing = new Map<string, GrowingGroup>();
  return (row, line) => {
    const { question: text, answers, groupKey } = row;
    if (text === null || text.trim() === '') {
      throw invalidLine(file, line, 'question: expected the question in "question", "prompt" or "input", got nothing');
    }
    if (answers === null) {
      const places = '"golden_answers", "answers", "ground_truth", "gts" or "reward_model.ground_truth"';
      throw invalidLine(file, line, `golden_answers: expected the gold answers in ${places}, got nothing`);
    }
    const begun = groupKey === null ? undefined : growing.get(groupKey);
    const question = { id: row.id ?? `line-${line.number}`, text, answers };
    const former = begun?.group.question;
    if (begun && (former?.text !== text || former.answers.join('\n') !== answers.join('\n'))) {
      const what = former?.text === text ? 'other gold answers' : 'another question';
      throw invalidLine(file, line, `question: the row belongs to the group of line ${begun.line} but has ${what}`);
    }
    const { group } = begun ?? { group: { question, trajectories: [] as Trajectory[] } };
    for (const response of row.responses) {
      const id = `${group.question.id}/${group.trajectories.length}`;
      const prompt = row.prompt === null ? {} : { prompt: { text: row.prompt, tokenIds: [] } };
      group.trajectories.push({ id, ...prompt, ...parseTranscript(withoutPrompt(response, row.prompt)) });
    }
    if (begun) return null;
    if (groupKey !== null) growing.set(groupKey, { group, line: line.number });
    return group;
  };
}

/** Some record the whole sequence: the prompt, given in the row or as chat template, is no part of the response. */
function withoutPrompt(response: string, prompt: string | null): string {
  if (prompt !== null && prompt !== '' && response.startsWith(prompt)) return response.slice(prompt.length);
  const assistant = '<|im_start|>assistant';
  if (!response.startsWith('<|im_start|>') || !response.includes(assistant)) return response;
  return response.slice(response.indexOf(assistant) + assistant.length);
}
