import type { JSX } from 'preact';
import type { Source } from '../data/source.js';
import { useData } from '../data/use-data.js';
import { plain } from '../text/plain.js';
import { Failure, Loading } from './notices.js';

/** What two runs' configurations say differently. */
export function ConfigDifferences({ source, runs }: { source: Source; runs: readonly [string, string] }): JSX.Element {
  const { value, error } = useData(() => Promise.all(runs.map((run) => source.manifest(run))), [runs]);
  if (error !== null) return <Failure error={error} />;
  if (value === null) return <Loading />;
  const [one, other] = value.map(({ config }) => flattened(config));
  const keys = [...new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])])].sort();
  const different = keys.filter((key) => one?.get(key) !== other?.get(key));
  return (
    <section aria-label="Differences of the configurations">
      <h2>What their configurations say differently</h2>
      {different.length === 0 ? (
        <p class="faint">Nothing.</p>
      ) : (
        <div class="wide">
          <table>
            <thead>
              <tr>
                <th scope="col">key</th>
                {runs.map((run) => (
                  <th scope="col" key={run}>
                    <bdi>{plain(run)}</bdi>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {different.map((key) => (
                <tr key={key}>
                  <th scope="row">{plain(key)}</th>
                  {[one, other].map((side, index) => (
                    <td key={index}>
                      <code>{plain(side?.get(key) ?? '–')}</code>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** Dotted keys with their values as JSON. */
function flattened(value: unknown, prefix = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map([[prefix, JSON.stringify(value)]]);
  const entries = Object.entries(value);
  if (entries.length === 0) return new Map([[prefix, Array.isArray(value) ? '[]' : '{}']]);
  return new Map(entries.flatMap(([key, inner]) => [...flattened(inner, prefix === '' ? key : `${prefix}.${key}`)]));
}
