import type { QuestionState } from '@turnwise/server';
import type { JSX } from 'preact';
import { StateChip } from './state-chip.js';

/** How a question's group came out each time it was asked, oldest first. */
export function StatePath({
  visits,
  earlier = 0,
}: {
  /** Visits before these. */
  earlier?: number;
  visits: readonly { readonly step: number; readonly state: QuestionState }[];
}): JSX.Element {
  const shown = visits.slice(-16);
  const hidden = earlier + visits.length - shown.length;
  return (
    <span class="path">
      {hidden > 0 && <span class="faint">{hidden} earlier </span>}
      {shown.map(({ step, state }) => (
        <StateChip key={step} state={state} text={false} />
      ))}
    </span>
  );
}
