import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Live } from '../data/use-live.js';
import type { Source } from '../data/source.js';
import { useData } from '../data/use-data.js';
import { Failure, Loading } from '../parts/notices.js';
import { StateChip } from '../parts/state-chip.js';
import { VirtualList } from '../parts/virtual-list.js';
import { addressOf, go } from '../router.js';
import { percent } from '../text/numbers.js';
import { plain } from '../text/plain.js';

const choices = ['all', 'all-wrong', 'near-miss', 'mixed', 'all-correct', 'dead'] as const;

/** The groups of a step. */
export function GroupsTab({
  source,
  live,
  run,
  step: asked,
}: {
  source: Source;
  live: Live;
  run: string;
  step: number | null;
}): JSX.Element {
  const { value: steps, error } = useData(() => source.steps(run), [run], live.changes);
  // A report holds some steps only: the one nearest to what was asked for.
  const step =
    (source.kind === 'report' && asked !== null ? nearest(steps ?? [], asked) : asked) ?? steps?.at(-1) ?? null;
  const groups = useData(() => (step === null ? Promise.resolve(null) : source.groups(run, step)), [run, step]);
  const [choice, setChoice] = useState<(typeof choices)[number]>('all');
  if (error !== null) return <Failure error={error} />;
  if (steps === null) return <Loading />;
  if (step === null) return <p class="faint">No groups are recorded yet.</p>;
  const rows = (groups.value?.groups ?? []).filter(
    (group) => choice === 'all' || (choice === 'dead' ? group.dead : group.state === choice),
  );
  return (
    <>
      <StepPicker
        steps={steps}
        step={step}
        onPick={(picked) => go({ page: 'run', run, tab: 'groups', step: picked })}
      />
      <p class="controls" role="group" aria-label="Which groups">
        {choices.map((name) => (
          <button type="button" key={name} class="quiet" aria-pressed={choice === name} onClick={() => setChoice(name)}>
            {name}
          </button>
        ))}
        <span class="faint" aria-live="polite">
          {rows.length} of {groups.value?.total ?? 0} groups{source.kind === 'report' && ', sampled'}
        </span>
      </p>
      {groups.error !== null && <Failure error={groups.error} />}
      <VirtualList rows={rows} rowHeight={44} height={600} label={`Groups of step ${step}`}>
        {(group) => (
          <a class="row" href={addressOf({ page: 'group', run, step, index: group.index })}>
            <StateChip state={group.state} />
            <bdi class="grow">{plain(group.question.text)}</bdi>
            {group.dead && <span class="badge warn">dead</span>}
            <span class="number" title="mean outcome">
              {percent(group.outcome)}
            </span>
            <span class="number faint">{group.trajectories} × </span>
          </a>
        )}
      </VirtualList>
    </>
  );
}

function nearest(steps: readonly number[], asked: number): number | undefined {
  return steps.toSorted((one, other) => Math.abs(one - asked) - Math.abs(other - asked))[0];
}

/** Back, forward, any step by number, and the newest. */
function StepPicker({
  steps,
  step,
  onPick,
}: {
  steps: readonly number[];
  step: number;
  onPick: (step: number) => void;
}): JSX.Element {
  const place = steps.indexOf(step);
  const [typed, setTyped] = useState(String(step));
  useEffect(() => setTyped(String(step)), [step]);
  const move = (to: number | undefined): void => {
    if (to !== undefined) onPick(to);
  };
  return (
    <form
      class="controls"
      onSubmit={(event) => {
        event.preventDefault();
        move(nearest(steps, Number(typed)));
      }}
    >
      <button type="button" class="quiet" disabled={place <= 0} onClick={() => move(steps[place - 1])}>
        ← earlier
      </button>
      <label>
        Step{' '}
        <input
          type="number"
          min={steps[0]}
          max={steps.at(-1)}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Go</button>
      <button
        type="button"
        class="quiet"
        disabled={place === -1 || place === steps.length - 1}
        onClick={() => move(steps[place + 1])}
      >
        later →
      </button>
      <button type="button" class="quiet" onClick={() => move(steps.at(-1))}>
        newest ({steps.at(-1)})
      </button>
    </form>
  );
}
