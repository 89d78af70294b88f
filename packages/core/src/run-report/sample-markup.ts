import { escapeHtml } from '../page/escape-html.js';
import { isolated } from '../page/page-shell.js';
import type { GroupView, OwnedText, TrajectoryView, TurnView } from './trajectory-view.js';

/** Owners are told apart by ground, border and name: colour is never alone. */
export const sampleStyle = `
:root { --prompt: #eceff1; --policy: #dcebfa; --observation: #f7ecd2; --gold: #ffd54d; }
@media (prefers-color-scheme: dark) {
  :root { --prompt: #262b30; --policy: #16324d; --observation: #3d3216; --gold: #8a6d00; } }
.owned { margin: .25rem 0; padding: .3rem .6rem; border-left: 4px solid; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.45 ui-monospace, monospace; }
.owned .who { float: right; margin-left: 1rem; font: 11px/1.6 system-ui, sans-serif; opacity: .75; }
.prompt { background: var(--prompt); border-color: var(--faint); }
.policy { background: var(--policy); border-color: var(--signal); }
.observation { background: var(--observation); border-color: var(--second); border-left-style: double; }
mark { background: var(--gold); color: inherit; outline: 1px solid currentColor; }
details { margin: .5rem 0; } summary { cursor: pointer; } .credit { font-variant-numeric: tabular-nums; }
`;

export const ownershipLegend = `<p class="faint">Who wrote what: the <span class="owned prompt" style="display:inline">prompt</span>,
the <span class="owned policy" style="display:inline">policy</span> (the only tokens that are trained on) and the
<span class="owned observation" style="display:inline">observation</span> that came back; <mark>gold answers</mark> are marked. After each
turn its reward and its advantage.</p>`;

/** A group with the trajectories that are shown of it. */
export function groupMarkup(group: GroupView): string {
  const { step, question, composition, leftOut, members, trajectories } = group;
  const kind = [question.hops === undefined ? '' : `${question.hops} hops`, question.type ?? ''].filter(
    (part) => part !== '',
  );
  const notes = [
    `step ${step}`,
    composition,
    `${trajectories.length} of ${members} trajectories`,
    ...kind,
    ...(leftOut === null ? [] : [`not trained on: ${leftOut}`]),
  ];
  return `<article><p><strong>${isolated(question.text)}</strong></p>
<p class="faint">${escapeHtml(notes.join(' | '))} | gold: ${question.answers.slice(0, 5).map(isolated).join(', ')}</p>
${trajectories.map(trajectoryMarkup).join('\n')}</article>`;
}

function trajectoryMarkup(trajectory: TrajectoryView): string {
  const { id, prompt, turns, answer, stopReason, correct, nearMiss, outcome, failure } = trajectory;
  const verdict = correct === true ? 'right' : nearMiss ? 'wrong, near-miss' : 'wrong';
  const said = answer === null ? 'no answer' : `answered ${isolated(answer)}`;
  const end = failure === null ? escapeHtml(stopReason) : `${escapeHtml(stopReason)}: ${isolated(failure)}`;
  return `<details><summary>${isolated(id)}: ${escapeHtml(verdict)}, ${said}, outcome ${outcome === null ? '-' : numberText(outcome)}, ${turns.length} turns, ${end}</summary>
${prompt === null ? '' : ownedMarkup(prompt)}
${turns.map(turnMarkup).join('\n')}</details>`;
}

function turnMarkup({ turn, action, texts, reward, advantage, reason, goldFirstSeen }: TurnView): string {
  const credit = [
    `turn ${turn}: ${action}`,
    `reward ${reward === null ? '-' : numberText(reward)}`,
    `advantage ${advantage === null ? '-' : numberText(advantage, true)}`,
    ...(goldFirstSeen ? ['gold seen here first'] : []),
  ];
  return `${texts.map(ownedMarkup).join('')}<p class="credit">${escapeHtml(credit.join(' | '))}${reason === null ? '' : ` | ${isolated(reason)}`}</p>`;
}

function ownedMarkup({ owner, parts, tokens, leftOut }: OwnedText): string {
  const count = tokens === null ? '' : `, ${tokens} tokens`;
  const content = parts
    .map(({ text, gold }) => (gold ? `<mark>${escapeHtml(text)}</mark>` : escapeHtml(text)))
    .join('');
  const rest = leftOut === 0 ? '' : `<span class="faint"> [${leftOut} more characters]</span>`;
  return `<div class="owned ${owner}" dir="auto"><span class="who">${owner}${count}</span>${content}${rest}</div>`;
}

function numberText(value: number, signed = false): string {
  const text = String(Number(value.toPrecision(3)));
  return signed && value > 0 ? `+${text}` : text;
}
