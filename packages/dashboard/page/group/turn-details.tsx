import type { ObservedHit, Trajectory } from '@turnwise/core';
import type { JSX } from 'preact';
import type { RecordedGroupLine } from '../data/group-line.js';
import type { Credit } from '../pages/group-page.js';
import { LongText } from '../parts/long-text.js';
import { goldRanges } from '../text/gold-ranges.js';
import { signed } from '../text/numbers.js';
import { plain } from '../text/plain.js';
import type { Place } from './turn-cell.js';
import { TokenStrip } from './token-strip.js';
import { writtenBy } from './written.js';

/** One turn in full: what was thought and asked, what came back, what was paid and why; then whose token is whose. */
export function TurnDetails({
  group,
  credit,
  gold,
  place,
}: {
  group: RecordedGroupLine;
  credit: Credit;
  gold: readonly (number | null)[];
  place: Place;
}): JSX.Element | null {
  const trajectory = group.trajectories[place.trajectory];
  const turn = trajectory?.turns[place.turn];
  if (trajectory === undefined || turn === undefined) return null;
  const { answers } = group.question;
  const rewards = credit.shaped[place.trajectory];
  const reason = rewards?.reasons?.[place.turn];
  const { observation, output, action } = turn;
  const { thought, act } = writtenBy(turn);
  return (
    <section class="details" aria-label={`Trajectory ${place.trajectory}, turn ${place.turn}`} aria-live="polite">
      <h2>
        Trajectory {place.trajectory}, turn {place.turn}
      </h2>
      <p class="facts">
        <span>reward {signed(rewards?.turns[place.turn] ?? 0)}</span>
        <span>advantage {signed(credit.advantages.turns[place.trajectory]?.[place.turn] ?? 0)}</span>
        {reason && <span>{plain(reason)}</span>}
        {Object.entries(rewards?.components ?? {}).map(([name, value]) => (
          <span key={name} class="faint">
            {plain(name)} {signed(value)}
          </span>
        ))}
      </p>
      {gold[place.trajectory] === place.turn && (
        <p class="notice good">
          Gold, first seen: {answers.map(plain).join(' or ')} stands in what came back here, and in nothing that came
          back before. FOLR credits the turns up to this one.
        </p>
      )}
      {trajectory.failure !== undefined && <p class="notice">{plain(trajectory.failure.message)}</p>}
      {place.turn === 0 && trajectory.prompt !== undefined && (
        <details>
          <summary>The prompt</summary>
          <div class="panel prompt">
            <LongText text={trajectory.prompt.text} />
          </div>
        </details>
      )}
      {thought !== '' && (
        <>
          <h3>Thought</h3>
          <div class="panel policy">
            <LongText text={thought} />
          </div>
        </>
      )}
      <h3>{headings[action.kind]}</h3>
      <div class="panel policy act">
        <LongText text={act} />
      </div>
      <details>
        <summary>All it wrote, as it wrote it</summary>
        <div class="panel policy">
          <LongText text={output.text} />
        </div>
      </details>
      {observation !== null && (
        <>
          <h3>
            What came back <span class="faint">({observation.status})</span>
          </h3>
          <div class="panel observation">
            <LongText text={observation.text} marked={goldRanges(observation.text, answers)} />
          </div>
          {observation.hits.length > 0 && <Hits hits={observation.hits} answers={answers} />}
        </>
      )}
      <TrajectoryTokens trajectory={trajectory} advantages={credit.advantages.turns[place.trajectory] ?? []} />
    </section>
  );
}

const headings = { search: 'Query', answer: 'Answer', invalid: 'Invalid: no query and no answer' } as const;

/** The passages themselves, before they were cut to what the policy may read. */
function Hits({ hits, answers }: { hits: readonly ObservedHit[]; answers: readonly string[] }): JSX.Element {
  return (
    <details>
      <summary>The {hits.length} passages found, whole</summary>
      <ol>
        {hits.map(({ id, title, text, score }) => (
          <li key={id}>
            <strong>
              <bdi>{plain(title ?? id)}</bdi>
            </strong>{' '}
            <span class="faint">
              {plain(id)}, score {Number(score.toPrecision(4))}
            </span>
            {text !== undefined && (
              <div>
                <LongText text={text} marked={goldRanges(text, answers)} />
              </div>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}

function TrajectoryTokens({
  trajectory,
  advantages,
}: {
  trajectory: Trajectory;
  advantages: readonly number[];
}): JSX.Element | null {
  if (trajectory.turns.every(({ output }) => output.tokenIds.length === 0)) return null;
  return (
    <>
      <h3>Whose token is whose, and what each is credited with</h3>
      <TokenStrip trajectory={trajectory} advantages={advantages} />
    </>
  );
}
