import type { EvaluationReport, HeldOutScores } from '@turnwise/core';

/** An evaluation as JSON output shows it: rates in [0, 1], `n` questions. */
export function evaluationJson({ questions, ...report }: EvaluationReport): Record<string, unknown> {
  return { n: questions, ...report };
}

/** What training measured on held-out questions, for JSON output. */
export function scoresJson({ exactMatch, f1, goldRetrieved, turnsMean, unanswered }: HeldOutScores): HeldOutScores {
  return { exactMatch, f1, goldRetrieved, turnsMean, unanswered };
}

/** An evaluation for people, one measurement a line. */
export function evaluationText(report: EvaluationReport): string {
  const rows: [string, string][] = [
    ['exact match', percent(report.exactMatch)],
    ['F1', percent(report.f1)],
    ['gold retrieved', percent(report.goldRetrieved)],
    ['unanswered', percent(report.unanswered)],
    ['turns', report.turnsMean.toFixed(2)],
    ['questions', String(report.questions)],
    ...(report.failures > 0 ? [['failures', String(report.failures)] as [string, string]] : []),
  ];
  return rows.map(([name, value]) => `${name.padEnd(15)}${value.padStart(8)}`).join('\n');
}

/** `12.3%` */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
