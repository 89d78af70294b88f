import type { JSX } from 'preact';
import type { Live } from '../data/use-live.js';
import type { Source } from '../data/source.js';
import { useRuns } from '../data/use-runs.js';
import { Failure, Loading } from '../parts/notices.js';
import { ReportNotice } from '../parts/report-notice.js';
import { addressOf, tabs, type Tab } from '../router.js';
import { ago, duration, percent } from '../text/numbers.js';
import { plain } from '../text/plain.js';
import { ConfigTab } from './config-tab.js';
import { CurvesTab } from './curves-tab.js';
import { EventsTab } from './events-tab.js';
import { GroupsTab } from './groups-tab.js';
import { QuestionsTab } from './questions-tab.js';

/** One run: how it stands, and its curves, groups, questions, configuration and events. */
export function RunPage({
  source,
  live,
  run,
  tab,
  step,
}: {
  source: Source;
  live: Live;
  run: string;
  tab: Tab;
  step: number | null;
}): JSX.Element {
  const { rows, anew, error } = useRuns(source, live);
  if (error !== null) return <Failure error={error} />;
  if (rows === null) return <Loading />;
  const row = rows.find(({ name }) => name === run);
  if (row === undefined) {
    if (!anew) return <Loading />;
    return (
      <p class="notice" role="alert">
        The run <bdi>{plain(run)}</bdi> is not here, or no longer. <a href={addressOf({ page: 'runs' })}>All runs</a>
      </p>
    );
  }
  const remaining = row.secondsPerStep === null ? null : row.secondsPerStep * Math.max(0, row.steps - row.step);
  return (
    <>
      {source.kind === 'live' && (
        <nav aria-label="Breadcrumb">
          <a href={addressOf({ page: 'runs' })}>Runs</a> /
        </nav>
      )}
      <h1>
        <bdi>{plain(run)}</bdi> <span class={`badge ${row.status}`}>{row.status}</span>
      </h1>
      {row.problem !== null && <p class="notice">{plain(row.problem)}</p>}
      <p class="facts">
        <span>{plain(row.strategy)}</span>
        <span>{plain(row.policy)}</span>
        <span>seed {row.seed ?? '–'}</span>
        <span>
          step {Math.max(0, row.step)} of {row.steps}
        </span>
        <span>exact match {percent(row.exactMatch)}</span>
        <span>{duration(row.secondsPerStep)} a step</span>
        {row.status === 'running' && remaining !== null && <span>{duration(remaining)} left</span>}
        <span class="faint">last written {ago(row.updatedAt)}</span>
      </p>
      <progress max={Math.max(1, row.steps)} value={Math.max(0, row.step)} aria-label="steps done" />
      {source.holdings !== undefined && <ReportNotice holdings={source.holdings} />}
      <nav class="tabs" aria-label="Parts of the run">
        {tabs.map((name) => (
          <a
            key={name}
            href={addressOf({ page: 'run', run, tab: name, step: null })}
            aria-current={name === tab ? 'page' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      {tab === 'curves' && <CurvesTab source={source} live={live} run={run} />}
      {tab === 'groups' && <GroupsTab source={source} live={live} run={run} step={step} />}
      {tab === 'questions' && <QuestionsTab source={source} live={live} run={run} />}
      {tab === 'config' && <ConfigTab source={source} run={run} others={rows.map(({ name }) => name)} />}
      {tab === 'events' && <EventsTab source={source} live={live} run={run} />}
    </>
  );
}
