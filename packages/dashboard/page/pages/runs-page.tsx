import type { RunRow } from '@turnwise/server';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Live } from '../data/use-live.js';
import type { Source } from '../data/source.js';
import { useRuns } from '../data/use-runs.js';
import { Failure, Loading } from '../parts/notices.js';
import { ConfigDifferences } from '../parts/config-differences.js';
import { Overlay } from './overlay.js';
import { byAge, RunsTable, sorted } from './runs-table.js';

/** All runs: sorted, filtered, and the chosen ones' curves laid over one another. */
export function RunsPage({ source, live }: { source: Source; live: Live }): JSX.Element {
  const { rows, error } = useRuns(source, live);
  const [filter, setFilter] = useState('');
  const [sorting, setSorting] = useState(byAge);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    // What is gone cannot stay chosen.
    const names = new Set(rows?.map(({ name }) => name));
    if (rows !== null && [...chosen].some((name) => !names.has(name)))
      setChosen(new Set([...chosen].filter((name) => names.has(name))));
  }, [rows]);
  if (error !== null) return <Failure error={error} />;
  if (rows === null) return <Loading />;
  const shown = sorted(rows.filter(matches(filter)), sorting);
  const toggle = (names: readonly string[], on: boolean): void => {
    const next = new Set(chosen);
    for (const name of names)
      if (on) next.add(name);
      else next.delete(name);
    setChosen(next);
  };
  return (
    <>
      <h1>Runs</h1>
      <p class="controls">
        <label>
          Filter{' '}
          <input
            type="search"
            value={filter}
            placeholder="name, strategy, policy, status"
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </label>
        <span class="faint" aria-live="polite">
          {shown.length} of {rows.length}
        </span>
      </p>
      {rows.length === 0 ? (
        <p class="faint">No runs here yet. One appears as soon as a training run writes its manifest.</p>
      ) : (
        <RunsTable rows={shown} sorting={sorting} chosen={chosen} onSort={setSorting} onChoose={toggle} />
      )}
      {chosen.size > 0 && <Overlay source={source} live={live} runs={rows.filter(({ name }) => chosen.has(name))} />}
      {chosen.size === 2 && <ConfigDifferences source={source} runs={[...chosen] as [string, string]} />}
    </>
  );
}

function matches(filter: string): (row: RunRow) => boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return ({ name, strategy, policy, status }) => {
    const text = `${name} ${strategy} ${policy} ${status}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
