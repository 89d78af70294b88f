import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Source } from '../data/source.js';
import { useData } from '../data/use-data.js';
import { ConfigDifferences } from '../parts/config-differences.js';
import { Failure, Loading } from '../parts/notices.js';
import { plain } from '../text/plain.js';

/** The resolved configuration, which code ran, and what another run's configuration says differently. */
export function ConfigTab({
  source,
  run,
  others,
}: {
  source: Source;
  run: string;
  others: readonly string[];
}): JSX.Element {
  const { value, error } = useData(() => source.manifest(run), [run]);
  const [other, setOther] = useState('');
  if (error !== null) return <Failure error={error} />;
  if (value === null) return <Loading />;
  return (
    <>
      {others.length > 1 && (
        <p class="controls">
          <label>
            Compare with{' '}
            <select value={other} onChange={(event) => setOther(event.currentTarget.value)}>
              <option value="">nothing</option>
              {others
                .filter((name) => name !== run)
                .map((name) => (
                  <option key={name} value={name}>
                    {plain(name)}
                  </option>
                ))}
            </select>
          </label>
        </p>
      )}
      {other !== '' && <ConfigDifferences source={source} runs={[run, other]} />}
      <h2>Configuration</h2>
      <pre tabIndex={0}>{plain(JSON.stringify(value.config, null, 2))}</pre>
      <h2>Plugins</h2>
      <pre tabIndex={0}>{plain(JSON.stringify(value.plugins, null, 2))}</pre>
      {value.data !== undefined && (
        <>
          <h2>Data</h2>
          <pre tabIndex={0}>{plain(JSON.stringify(value.data, null, 2))}</pre>
        </>
      )}
      <h2>Versions</h2>
      <pre tabIndex={0}>{plain(JSON.stringify(value.versions, null, 2))}</pre>
    </>
  );
}
