import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Range } from '../text/gold-ranges.js';
import { plain } from '../text/plain.js';

/** Characters shown before somebody asks for more. */
const step = 4000;

/** Recorded text, as text: gold is marked, what is odd is shown, and a megabyte comes piece by piece. */
export function LongText({ text, marked = [] }: { text: string; marked?: readonly Range[] }): JSX.Element {
  const [shown, setShown] = useState(step);
  const rest = text.length - shown;
  return (
    <>
      <bdi class="text">{pieces(text.slice(0, shown), marked)}</bdi>
      {rest > 0 && (
        <button type="button" class="quiet" onClick={() => setShown(shown + 10 * step)}>
          Show more ({rest.toLocaleString('en')} characters left)
        </button>
      )}
    </>
  );
}

function pieces(text: string, marked: readonly Range[]): (string | JSX.Element)[] {
  const parts: (string | JSX.Element)[] = [];
  let at = 0;
  for (const { start, end } of marked) {
    if (start >= text.length) break;
    parts.push(plain(text.slice(at, start)), <mark key={start}>{plain(text.slice(start, end))}</mark>);
    at = end;
  }
  parts.push(plain(text.slice(at)));
  return parts;
}
