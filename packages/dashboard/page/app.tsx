import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Source } from './data/source.js';
import { useLive } from './data/use-live.js';
import { GroupPage } from './pages/group-page.js';
import { QuestionPage } from './pages/question-page.js';
import { RunPage } from './pages/run-page.js';
import { RunsPage } from './pages/runs-page.js';
import { ThemeButton } from './parts/theme-button.js';
import { addressOf, useRoute, type Route } from './router.js';

/** The whole page: where the reader is decides what is shown. */
export function App({ source }: { source: Source }): JSX.Element {
  const asked = useRoute();
  const live = useLive(source);
  const [only, setOnly] = useState('');
  useEffect(() => {
    if (source.kind === 'report') void source.runs().then(([run]) => setOnly(run?.name ?? ''));
  }, [source]);
  // A report is of one run: there is no table to begin with.
  const route: Route =
    source.kind === 'report' && asked.page === 'runs' ? { page: 'run', run: only, tab: 'curves', step: null } : asked;
  useEffect(() => {
    document.title = route.page === 'runs' ? 'Turnwise' : `${route.run} · Turnwise`;
    document.getElementById('content')?.focus();
    // Another page begins at its top; within a run, tabs and steps leave the reader where they are.
  }, [route.page === 'run' ? `run ${route.run}` : JSON.stringify(route)]);
  return (
    <>
      <a class="skip" href="#content" onClick={(event) => focusContent(event)}>
        Skip to content
      </a>
      <header class="top">
        <a class="brand" href={addressOf({ page: 'runs' })}>
          Turnwise
        </a>
        {source.kind === 'live' && !live.connected && <span class="badge warn">not connected</span>}
        <ThemeButton />
      </header>
      <main id="content" tabIndex={-1}>
        <Page route={route} source={source} live={live} />
      </main>
    </>
  );
}

function focusContent(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function Page({
  route,
  source,
  live,
}: {
  route: Route;
  source: Source;
  live: ReturnType<typeof useLive>;
}): ComponentChildren {
  switch (route.page) {
    case 'runs':
      return <RunsPage source={source} live={live} />;
    case 'run':
      return route.run === '' ? null : (
        <RunPage key={route.run} source={source} live={live} run={route.run} tab={route.tab} step={route.step} />
      );
    case 'group':
      return <GroupPage key={`${route.run}/${route.step}/${route.index}`} source={source} {...route} />;
    case 'question':
      return <QuestionPage key={`${route.run}/${route.id}`} source={source} run={route.run} id={route.id} />;
  }
}
