import type { JSX } from 'preact';

const measures: readonly (readonly [metric: string, name: string, share: boolean])[] = [
  ['eval/exact-match', 'exact match', true],
  ['eval/f1', 'F1', true],
  ['eval/cover-match', 'cover match', true],
  ['eval/gold-retrieved', 'gold retrieved', true],
  ['eval/supporting-recall', 'supporting recall', true],
  ['eval/unanswered', 'unanswered', true],
  ['eval/turns-mean', 'turns', false],
];

/** Held-out questions at the first measurement and at the last. */
export function HeldOut({ columns }: { columns: ReadonlyMap<string, readonly number[]> }): JSX.Element | null {
  const match = columns.get('eval/exact-match') ?? [];
  const first = match.findIndex((value) => !Number.isNaN(value));
  const last = match.findLastIndex((value) => !Number.isNaN(value));
  if (first === -1) return null;
  const steps = columns.get('step') ?? [];
  const rows = measures.flatMap(([metric, name, share]) => {
    const [before, after] = [columns.get(metric)?.[first], columns.get(metric)?.[last]];
    if (before === undefined || after === undefined || Number.isNaN(before) || Number.isNaN(after)) return [];
    const say = (value: number): string => (share ? `${(100 * value).toFixed(1)}%` : value.toFixed(2));
    return [{ name, before: say(before), after: say(after) }];
  });
  return (
    <section class="wide" aria-label="Held-out questions">
      <h2>Held-out questions{last > first && ', before and after'}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">measure</th>
            <th scope="col">after step {steps[first]}</th>
            {last > first && <th scope="col">after step {steps[last]}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, before, after }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{before}</td>
              {last > first && <td class="number">{after}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
