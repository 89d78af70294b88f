import type { QuestionVisit } from '@turnwise/server';
import type { JSX } from 'preact';
import { Chart } from '../charts/chart.js';
import type { Source } from '../data/source.js';
import { useAgainWhile } from '../data/use-again-while.js';
import { useData } from '../data/use-data.js';
import { Breadcrumb } from '../parts/breadcrumb.js';
import { Failure, Loading } from '../parts/notices.js';
import { StateChip } from '../parts/state-chip.js';
import { addressOf } from '../router.js';
import { percent } from '../text/numbers.js';
import { plain } from '../text/plain.js';

/** A question over time: how its group changed from step to step, from all-wrong through near-miss to solved. */
export function QuestionPage({ source, run, id }: { source: Source; run: string; id: string }): JSX.Element {
  const again = useAgainWhile(() => source.kind === 'live' && value !== null && value.scanned < value.files);
  const { value, error } = useData(() => source.question(run, id), [run, id], again);
  if (error !== null) return <Failure error={error} />;
  if (value === null) return <Loading />;
  const { visits, question } = value;
  return (
    <>
      <Breadcrumb source={source}>
        <a href={addressOf({ page: 'run', run, tab: 'questions', step: null })}>
          <bdi>{plain(run)}</bdi>
        </a>{' '}
        /
      </Breadcrumb>
      <h1>
        <bdi>{plain(question?.text ?? id)}</bdi>
      </h1>
      {value.scanned < value.files && (
        <p class="faint" aria-live="polite">
          {source.kind === 'live'
            ? `${value.scanned} of ${value.files} steps read so far`
            : `This report followed it over ${value.scanned} of ${value.files} steps.`}
        </p>
      )}
      {visits.length === 0 ? (
        <p class="faint">No group of this question is recorded.</p>
      ) : (
        <>
          <p class="faint">Asked {visits.length === 1 ? 'once' : `${visits.length} times`}.</p>
          {visits.length > 1 && (
            <Chart
              title="Share of its trajectories"
              x={visits.map(({ step }) => step)}
              share
              lines={[
                { label: 'mean outcome', values: visits.map(({ outcome }) => outcome ?? Number.NaN), colour: 2 },
                {
                  label: 'near-misses',
                  values: visits.map(({ nearMisses, trajectories }) => nearMisses / Math.max(1, trajectories)),
                  colour: 4,
                },
              ]}
            />
          )}
          <ol class="visits">
            {visits.map((visit) => (
              <li key={visit.step}>
                {source.holds(visit.step, visit.index) ? (
                  <a class="row" href={addressOf({ page: 'group', run, step: visit.step, index: visit.index })}>
                    <Visit visit={visit} />
                  </a>
                ) : (
                  <span class="row" title="This group is not in the report">
                    <Visit visit={visit} />
                  </span>
                )}
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function Visit({ visit }: { visit: QuestionVisit }): JSX.Element {
  return (
    <>
      <span class="number">step {visit.step}</span>
      <StateChip state={visit.state} />
      <span class="grow" />
      {visit.dead && <span class="badge warn">dead</span>}
      <span class="number">{visit.nearMisses} near-misses</span>
      <span class="number">{percent(visit.outcome)}</span>
    </>
  );
}
