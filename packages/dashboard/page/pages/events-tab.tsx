import type { JSX } from 'preact';
import type { Live } from '../data/use-live.js';
import type { Source } from '../data/source.js';
import { useData } from '../data/use-data.js';
import { Failure, Loading } from '../parts/notices.js';
import { addressOf } from '../router.js';
import { plain } from '../text/plain.js';

const says = (value: unknown): string => plain(typeof value === 'string' ? value : JSON.stringify(value));

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
            const { step, kind, message, ...rest } = event;
            const details = Object.keys(rest).length === 0 ? '' : JSON.stringify(rest);
            return (
              <li key={index}>
                {typeof step === 'number' ? (
                  <a class="number" href={addressOf({ page: 'run', run, tab: 'groups', step })}>
                    step {step}
                  </a>
                ) : (
                  <span class="number">no step</span>
                )}{' '}
                <span class={`badge ${kind === 'checkpoint' ? '' : 'warn'}`}>{says(kind ?? 'event')}</span>{' '}
                <span>{says(message ?? '')}</span> {details !== '' && <code class="faint">{plain(details)}</code>}
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
