import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Source } from '../data/source.js';
import { useData } from '../data/use-data.js';
import type { Beside } from './turn-cell.js';

/** What an outcome alone gives: what turn-level credit is held against until the reader chooses otherwise. */
const outcomeOnly = 'grpo';

/** Another strategy's credit to stand beside, and what it is chosen with. */
export function useBeside(
  source: Source,
  run: string,
  step: number,
  index: number,
  strategies: readonly string[],
  shown: string,
): { beside: Beside | null; choice: JSX.Element } {
  const [chosen, setChosen] = useState<string | null>(null);
  const standard = strategies.includes(outcomeOnly) && shown !== outcomeOnly ? outcomeOnly : '';
  const strategy = chosen ?? standard;
  const { value } = useData(
    () => (strategy === '' ? Promise.resolve(null) : source.credit(run, step, index, strategy)),
    [run, step, index, strategy],
  );
  const choice = (
    <label>
      beside{' '}
      <select value={strategy} onChange={(event) => setChosen(event.currentTarget.value)}>
        <option value="">nothing</option>
        {strategies.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
  return { beside: value === null ? null : { strategy, credit: value }, choice };
}
