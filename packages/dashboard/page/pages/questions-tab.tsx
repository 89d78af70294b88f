import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Live } from '../data/use-live.js';
import type { Source } from '../data/source.js';
import { useData } from '../data/use-data.js';
import { Failure, Loading } from '../parts/notices.js';
import { StatePath } from '../parts/state-path.js';
import { VirtualList } from '../parts/virtual-list.js';
import { addressOf } from '../router.js';
import { plain } from '../text/plain.js';
import { matching } from '../text/matching.js';
import { useAgainWhile } from '../data/use-again-while.js';
import { useSettled } from '../data/use-settled.js';

/** Most questions shown at once; a filter leads to the others. */
const most = 500;

/** The questions of a run, those that changed most first, each with its path from step to step. */
export function QuestionsTab({ source, live, run }: { source: Source; live: Live; run: string }): JSX.Element {
  const again = useAgainWhile(() => source.kind === 'live' && value !== null && value.scanned < value.files);
  const [words, setWords] = useState('');
  const wanted = useSettled(words);
  const { value, error } = useData(
    () => source.questions(run, 0, most, wanted),
    [run, wanted],
    // Both only ever go up.
    live.changes + again,
  );
  const rows = useMemo(() => value?.questions.filter(matching(wanted)) ?? [], [value, wanted]);
  if (error !== null) return <Failure error={error} />;
  return (
    <>
      <p class="controls">
        <label>
          Filter <input type="search" value={words} onInput={(event) => setWords(event.currentTarget.value)} />
        </label>
      </p>
      {value === null ? (
        <Loading />
      ) : (
        <>
          <p class="faint" aria-live="polite">
            {value.total === 1 ? '1 question' : `${value.total} questions`}
            {value.total > value.questions.length && `, the first ${value.questions.length} shown`}
            {value.scanned < value.files &&
              `; ${value.scanned} of ${value.files} steps read${source.kind === 'live' ? ' so far' : ''}`}
          </p>
          <VirtualList rows={rows} rowHeight={44} height={640} label="Questions">
            {({ id, text, visits, earlier = 0 }) => (
              <a class="row" href={addressOf({ page: 'question', run, id })}>
                <bdi class="grow">{plain(text)}</bdi>
                <StatePath visits={visits} earlier={earlier} />
              </a>
            )}
          </VirtualList>
        </>
      )}
    </>
  );
}
