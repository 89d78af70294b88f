import type { JSX } from 'preact';
import type { Live } from '../data/use-live.js';
import type { Source } from '../data/source.js';
import { useData } from '../data/use-data.js';
import { Failure, Loading } from '../parts/notices.js';
import { StatePath } from '../parts/state-path.js';
import { VirtualList } from '../parts/virtual-list.js';
import { addressOf } from '../router.js';
import { plain } from '../text/plain.js';
import { useAgainWhile } from '../data/use-again-while.js';

/** The questions of a run, those that changed most first, each with its path from step to step. */
export function QuestionsTab({ source, live, run }: { source: Source; live: Live; run: string }): JSX.Element {
  const again = useAgainWhile(() => value !== null && value.scanned < value.files);
  const { value, error } = useData(() => source.questions(run, 0, 500), [run], live.changes + again);
  if (error !== null) return <Failure error={error} />;
  if (value === null) return <Loading />;
  return (
    <>
      <p class="faint" aria-live="polite">
        {value.total} questions
        {value.total > value.questions.length && `, the first ${value.questions.length} shown`}
        {value.scanned < value.files && `; ${value.scanned} of ${value.files} steps read so far`}
      </p>
      <VirtualList rows={value.questions} rowHeight={44} height={640} label="Questions">
        {({ id, text, visits }) => (
          <a class="row" href={addressOf({ page: 'question', run, id })}>
            <bdi class="grow">{plain(text)}</bdi>
            <StatePath visits={visits} />
          </a>
        )}
      </VirtualList>
    </>
  );
}
