import type { Question } from '../contract/index.js';
import { excerpt } from '../text/index.js';
import { shortNumber } from './describe-standardize.js';
import type { GroupExplanation, RewardSpread, TrajectoryExplanation, TurnExplanation } from './explain-credit.js';

/** The explanation of a group for a terminal: recorded texts are shortened and stripped of control characters. */
export function explanationText(question: Question, explanation: GroupExplanation): string {
  const { composition, level, right, wrong, abstaining, outcomes, rule, goldGuarded } = explanation;
  const goldAnswers = question.answers.map((answer) => excerpt(answer, 40)).join(' | ');
  const members = `${right} right, ${wrong} wrong${abstaining > 0 ? `, ${abstaining} abstaining` : ''}`;
  const credited = level === 'none' ? 'nothing is learned' : `advantages by ${level}`;
  return [
    `${excerpt(question.id, 40)}  ${excerpt(question.text, 100)}  (gold: ${goldAnswers})`,
    `  ${composition}: ${members}; outcomes ${spreadText(outcomes)}; ${credited}`,
    ...(rule === null ? [] : [`  rule: ${excerpt(rule, 400)}`]),
    ...(goldGuarded
      ? ['  no gold answer passes the default guards (yes, no, too short): seeing it counts for nothing']
      : []),
    ...explanation.trajectories.flatMap(trajectoryLines),
  ].join('\n');
}

function trajectoryLines({ id, outcome, correct, answer, goldSeen, turns }: TrajectoryExplanation): string[] {
  const answered = answer === null ? 'gave no answer' : `answered "${excerpt(answer, 60)}"`;
  const verdict = outcome === null ? 'abstains' : `${correct ? 'right' : 'wrong'}, outcome ${shortNumber(outcome)}`;
  const gold = goldSeen?.answer == null ? 'gold' : `gold "${excerpt(goldSeen.answer, 40)}"`;
  const seen = goldSeen === null ? 'never saw gold' : `first saw ${gold} in turn ${goldSeen.turn}`;
  return [`  ${excerpt(id, 60)}  ${answered}: ${verdict}; ${seen}`, ...turns.flatMap(turnLines)];
}

function turnLines(explained: TurnExplanation, turn: number): string[] {
  const { action, reward, rewardReason, advantage, advantageReason, sameTurn } = explained;
  const paid = shortNumber(reward);
  // The text of a reason begins with the reward already.
  const reason = rewardReason?.startsWith(`${reward}: `) ? rewardReason.slice(`${reward}: `.length) : rewardReason;
  return [
    `    turn ${turn}  ${excerpt(action, 100)}`,
    `      reward ${paid}: ${reason === null ? 'the reward plugin gives no reason' : excerpt(reason, 300)}`,
    `      advantage ${signed(advantage)}${because(advantageReason, sameTurn)}`,
  ];
}

function because(reason: string | null, sameTurn: RewardSpread): string {
  if (reason === null) return `; rewards at this turn: ${spreadText(sameTurn)}`;
  return reason.startsWith('0: ') ? `: ${excerpt(reason.slice(3), 300)}` : ` = ${excerpt(reason, 300)}`;
}

function spreadText({ members, mean, spread }: RewardSpread): string {
  return `mean ${shortNumber(mean)}, sd ${shortNumber(spread)} of ${members}`;
}

/** An advantage with its sign and four digits; `0` for an exact zero. */
export function signed(value: number): string {
  if (value === 0) return '0';
  const digits = Math.abs(value) < 0.00005 ? value.toPrecision(2) : value.toFixed(4);
  return value > 0 ? `+${digits}` : digits;
}
