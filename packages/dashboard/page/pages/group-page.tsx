import type { GroupAdvantages, TurnRewards } from '@turnwise/core';
import type { GroupSummary } from '@turnwise/server';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { CreditMatrix } from '../group/credit-matrix.js';
import type { Place } from '../group/turn-cell.js';
import { TurnDetails } from '../group/turn-details.js';
import { firstGoldTurns } from '../group/first-gold.js';
import type { RecordedGroupLine } from '../data/group-line.js';
import type { Source } from '../data/source.js';
import { useData } from '../data/use-data.js';
import { Breadcrumb } from '../parts/breadcrumb.js';
import { Failure, Loading } from '../parts/notices.js';
import { StateChip } from '../parts/state-chip.js';
import { useBeside } from '../group/beside.js';
import { Reading } from '../group/reading.js';
import { addressOf } from '../router.js';
import { plain } from '../text/plain.js';

/** The strategy that was recorded with the run, as it is offered beside others. */
const recorded = 'as recorded';

/** A group: its trajectories side by side, what each turn did, and what each was credited with, by any strategy. */
export function GroupPage({
  source,
  run,
  step,
  index,
}: {
  source: Source;
  run: string;
  step: number;
  index: number;
}): JSX.Element {
  const { value: group, error } = useData(() => source.group(run, step, index), [run, step, index]);
  const { value: strategies } = useData(() => source.strategies(), []);
  const [strategy, setStrategy] = useState(recorded);
  const replayed = useData(
    () => (strategy === recorded ? Promise.resolve(null) : source.credit(run, step, index, strategy)),
    [run, step, index, strategy],
  );
  const compared = useBeside(source, run, step, index, strategies ?? [], strategy);
  const siblings = useData(() => source.groups(run, step), [run, step]);
  const [place, setPlace] = useState<Place | null>(null);
  const gold = useMemo(() => (group === null ? [] : firstGoldTurns(group)), [group]);
  if (error !== null) return <Failure error={error} />;
  if (group === null) return <Loading />;
  const credit: Credit = replayed.value ?? group;
  const summary = siblings.value?.groups.find((each) => each.index === index);
  const chosen = place ?? firstPlace(group, gold);
  return (
    <>
      <Breadcrumb source={source}>
        <a href={addressOf({ page: 'run', run, tab: 'groups', step })}>
          <bdi>{plain(run)}</bdi>, step {step}
        </a>{' '}
        / group {index}
        <Siblings run={run} step={step} index={index} groups={siblings.value?.groups ?? []} />
      </Breadcrumb>
      <h1>
        <bdi>{plain(group.question.text)}</bdi>
      </h1>
      <GroupFacts run={run} group={group} credit={credit} state={summary?.state} />
      <Reading group={group} credit={credit} gold={gold} />
      {(strategies?.length ?? 0) > 0 && (
        <p class="controls">
          <span role="group" aria-label="Credited by" class="choices">
            <span>Credited</span>
            {[recorded, ...(strategies ?? [])].map((name) => (
              <button
                type="button"
                key={name}
                class="quiet"
                aria-pressed={strategy === name}
                onClick={() => setStrategy(name)}
              >
                {name}
              </button>
            ))}
          </span>
          {compared.choice}
        </p>
      )}
      {replayed.error !== null && <Failure error={replayed.error} />}
      <CreditMatrix
        group={group}
        credit={credit}
        beside={compared.beside}
        gold={gold}
        chosen={chosen}
        onChoose={setPlace}
      />
      <TurnDetails group={group} credit={credit} gold={gold} place={chosen} />
    </>
  );
}

/** What was asked of whom, and at what level it was credited. */
function GroupFacts({
  run,
  group,
  credit,
  state,
}: {
  run: string;
  group: RecordedGroupLine;
  credit: Credit;
  state: GroupSummary['state'] | undefined;
}): JSX.Element {
  const { question, leftOut } = group;
  return (
    <p class="facts">
      {state !== undefined && <StateChip state={state} />}
      <span>
        gold: <strong>{question.answers.map(plain).join(' or ')}</strong>
      </span>
      <span>
        credited at{' '}
        {credit.advantages.level === 'none' ? 'no level: nothing is learned' : `${credit.advantages.level} level`}
      </span>
      {question.hops !== undefined && <span>{question.hops} hops</span>}
      {question.type !== undefined && <span>{plain(question.type)}</span>}
      {leftOut !== undefined && <span>not trained on: {plain(leftOut)}</span>}
      <a href={addressOf({ page: 'question', run, id: question.id })}>this question over time</a>
    </p>
  );
}

/** The groups of the step before and after this one. */
function Siblings({
  run,
  step,
  index,
  groups,
}: {
  run: string;
  step: number;
  index: number;
  groups: readonly GroupSummary[];
}): JSX.Element {
  const place = groups.findIndex((each) => each.index === index);
  const link = (text: string, at: number): JSX.Element | null => {
    const group = groups[at];
    return place === -1 || group === undefined ? null : (
      <a href={addressOf({ page: 'group', run, step, index: group.index })}>{text}</a>
    );
  };
  return (
    <span class="siblings">
      {link('← previous', place - 1)} {link('next →', place + 1)}
    </span>
  );
}

export interface Credit {
  readonly shaped: readonly TurnRewards[];
  readonly advantages: GroupAdvantages;
}

/** The turn that is open to begin with: the first that brought gold, else the first of all. */
function firstPlace({ trajectories }: RecordedGroupLine, gold: readonly (number | null)[]): Place {
  const trajectory = gold.findIndex((turn) => turn !== null);
  if (trajectory === -1) return { trajectory: trajectories.length > 0 ? 0 : -1, turn: 0 };
  return { trajectory, turn: gold[trajectory] ?? 0 };
}
