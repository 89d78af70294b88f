import type { Observation, Trajectory, Turn } from '../contract/index.js';
import type { GoldMatcher } from '../text/index.js';

/** Where a gold answer is looked for. */
export interface OccurrenceSearch {
  /** `observation`: what came back from searches. `assistant`: what the policy wrote. `both`: either. */
  readonly scope: 'observation' | 'assistant' | 'both';
  /** `as-seen`: the observation after truncation, as the policy read it. `hits`: the whole text of the passages found. */
  readonly observationText: 'as-seen' | 'hits';
  /** Leave the titles of the passages out of the observation before looking. */
  readonly ignoreTitle: boolean;
}

export const defaultOccurrenceSearch: OccurrenceSearch = {
  scope: 'observation',
  observationText: 'as-seen',
  ignoreTitle: false,
};

/** The turn that first held a gold answer, and which one. */
export interface Occurrence {
  /** 0-based. */
  readonly turn: number;
  /** As written in the question file. */
  readonly answer: string;
}

/**
 * The first turn whose text holds a gold answer, or `null`. Only observations of searches that found something
 * (`ok`) count: a correction after an invalid action, an empty result or an error message never holds evidence.
 */
export function findFirstOccurrence(
  trajectory: Trajectory,
  matcher: GoldMatcher,
  search: OccurrenceSearch = defaultOccurrenceSearch,
): Occurrence | null {
  for (const [turn, step] of trajectory.turns.entries()) {
    const answer = findInTurn(step, matcher, search);
    if (answer !== null) return { turn, answer };
  }
  return null;
}

function findInTurn(turn: Turn, matcher: GoldMatcher, search: OccurrenceSearch): string | null {
  if (search.scope !== 'observation') {
    const written = matcher.find(turn.output.text);
    if (written !== null || search.scope === 'assistant') return written;
  }
  if (turn.observation?.status !== 'ok') return null;
  return matcher.find(evidence(turn.observation, search));
}

function evidence(observation: Observation, search: OccurrenceSearch): string {
  if (search.observationText === 'hits') {
    return observation.hits
      .map(({ title, text }) => (search.ignoreTitle ? (text ?? '') : `${title ?? ''}\n${text ?? ''}`))
      .join('\n\n');
  }
  return search.ignoreTitle ? withoutTitles(observation) : observation.text;
}

/** Passages stand in the text in the order of the hits, each after its title: only that heading is taken out. */
function withoutTitles(observation: Observation): string {
  let kept = '';
  let rest = observation.text;
  for (const { title } of observation.hits) {
    const start = title ? rest.indexOf(title) : -1;
    if (start === -1 || !title) continue;
    kept += `${rest.slice(0, start)}\n`;
    rest = rest.slice(start + title.length);
  }
  return kept + rest;
}
