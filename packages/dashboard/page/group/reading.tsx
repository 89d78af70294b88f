import type { JSX } from 'preact';
import type { RecordedGroupLine } from '../data/group-line.js';
import type { Credit } from '../pages/group-page.js';
import { signed } from '../text/numbers.js';
import { plain } from '../text/plain.js';
import { nearMissed } from './first-gold.js';

/** The group in words: how it came out, who came near, and what the credit shown makes of it. */
export function Reading({
  group,
  credit,
  gold,
}: {
  group: RecordedGroupLine;
  credit: Credit;
  gold: readonly (number | null)[];
}): JSX.Element {
  return (
    <p class="reading">
      {outcomeOf(group)} {nearnessOf(group, gold)} <strong>{learnedFrom(credit, gold)}</strong>
    </p>
  );
}

function outcomeOf({ shaped }: RecordedGroupLine): string {
  const scored = shaped.filter(({ outcome }) => outcome !== null);
  const right = scored.filter(({ correct }) => correct).length;
  const count = scored.length;
  if (count === 0) return 'Every trajectory abstains.';
  if (right === 0)
    return `${count === 1 ? 'The one answer is' : `All ${count} answers are`} wrong: their outcomes are alike.`;
  if (right === count)
    return `${count === 1 ? 'The one answer is' : `All ${count} answers are`} right: their outcomes are alike.`;
  return `${right} of ${count} answers ${right === 1 ? 'is' : 'are'} right.`;
}

function nearnessOf({ question, shaped }: RecordedGroupLine, gold: readonly (number | null)[]): string {
  const near = shaped.filter((rewards, index) => nearMissed(rewards, gold[index] ?? null)).length;
  if (near === 0) return '';
  const answer = question.answers.map(plain).join(' or ');
  return `Yet ${near} of the wrong ones had found ${answer}: near-misses.`;
}

/** Mean advantage of the turns up to where gold was found, against all others. */
function learnedFrom({ advantages }: Credit, gold: readonly (number | null)[]): string {
  const all = advantages.turns.flat();
  if (all.every((value) => value === 0)) return 'Every advantage is 0: nothing is learned here.';
  const leading: number[] = [];
  const others: number[] = [];
  advantages.turns.forEach((row, trajectory) =>
    row.forEach((value, turn) => (turn <= (gold[trajectory] ?? -1) ? leading : others).push(value)),
  );
  if (leading.length === 0 || others.length === 0) return '';
  return `Turns that led to gold are credited ${signed(mean(leading))} on average, all others ${signed(mean(others))}.`;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
