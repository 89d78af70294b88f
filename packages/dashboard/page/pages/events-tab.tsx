import type { JSX } from 'preact';
import type { Live } from '../data/use-live.js';
import type { Source } from '../data/source.js';
import { useData } from '../data/use-data.js';
import { Failure, Loading } from '../parts/notices.js';
import { plain } from '../text/plain.js';

/** What happened besides training: the watchdog, quarantined questions, checkpoints, resumes. */
export function EventsTab({ source, live, run }: { source: Source; live: Live; run: string }): JSX.Element {
  const { value, error } = useData(() => source.events(run), [run], live.changes);
  if (error !== null) return <Failure error={error} />;
  if (value === null) return <Loading />;
  return (
    <>
      <h2>Events</h2>
      {value.events.length === 0 ? (
        <p class="faint">None.</p>
      ) : (
        <ol class="events">
          {value.events.map((event, index) => {
            const { step, kind, event: name, ...rest } = event;
            const says = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
            return (
              <li key={index}>
                <span class="number">step {plain(says(step ?? '–'))}</span>{' '}
                <strong>{plain(says(kind ?? name ?? 'event'))}</strong> <code>{plain(JSON.stringify(rest))}</code>
              </li>
            );
          })}
        </ol>
      )}
      <h2>Checkpoints</h2>
      <p>{value.checkpoints.length === 0 ? 'None.' : value.checkpoints.map(plain).join(', ')}</p>
    </>
  );
}
