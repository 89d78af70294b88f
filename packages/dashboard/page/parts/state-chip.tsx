import type { QuestionState } from '@turnwise/server';
import type { JSX } from 'preact';

const letters: Readonly<Record<QuestionState, string>> = {
  'all-wrong': '✕',
  'near-miss': '◐',
  mixed: '◑',
  'all-correct': '✓',
};

/** How a group came out, by a sign as well as by colour. */
export function StateChip({ state, text = true }: { state: QuestionState; text?: boolean }): JSX.Element {
  return (
    <span class={`chip ${state}`} title={state}>
      <span aria-hidden="true">{letters[state]}</span>
      {text ? ` ${state}` : <span class="hidden">{state}</span>}
    </span>
  );
}
