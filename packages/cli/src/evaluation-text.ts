import type {
  EvaluationConditions,
  EvaluationIntervals,
  EvaluationMeasures,
  EvaluationReport,
  HeldOutScores,
  Interval,
  IntervalMeasure,
} from '@turnwise/core';

/** An evaluation with how sure it is and what it was made under. */
export interface EvaluationResult {
  readonly report: EvaluationReport;
  readonly intervals: EvaluationIntervals;
  readonly conditions: EvaluationConditions;
}

/** An evaluation as JSON output shows it: rates in [0, 1], `n` questions. */
export function evaluationJson({ report, intervals, conditions }: EvaluationResult): Record<string, unknown> {
  const { questions, ...rest } = report;
  return { n: questions, ...rest, intervals, conditions };
}

/** What training measured on held-out questions, for JSON output. */
export function scoresJson({ exactMatch, f1, goldRetrieved, turnsMean, unanswered }: HeldOutScores): HeldOutScores {
  return { exactMatch, f1, goldRetrieved, turnsMean, unanswered };
}

const rows: readonly { name: string; measure: IntervalMeasure; share: boolean }[] = [
  { name: 'exact match', measure: 'exactMatch', share: true },
  { name: 'F1', measure: 'f1', share: true },
  { name: 'cover match', measure: 'coverMatch', share: true },
  { name: 'gold retrieved', measure: 'goldRetrieved', share: true },
  { name: 'supporting recall', measure: 'supportingRecall', share: true },
  { name: 'answered', measure: 'answered', share: true },
  { name: 'invalid turns', measure: 'invalidRate', share: true },
  { name: 'turns', measure: 'turnsMean', share: false },
  { name: 'searches', measure: 'searchesMean', share: false },
];

/** An evaluation for people: one measurement a line with its interval, by hops and type, and what it was made under. */
export function evaluationText({ report, intervals, conditions }: EvaluationResult): string {
  const measured = rows.flatMap(({ name, measure, share }) => {
    const value = report[measure];
    if (value === null) return [];
    const say = share ? percent : (number: number): string => number.toFixed(2);
    return [`${name.padEnd(18)}${say(value).padStart(7)}  ${intervalOf(intervals.overall[measure], say)}`];
  });
  const counts = [
    `questions${String(report.questions).padStart(16)}`,
    ...(report.failures > 0 ? [`failures${String(report.failures).padStart(17)}`] : []),
  ];
  return [
    ...measured,
    ...counts,
    ...parts('hops', report.byHops, intervals.byHops),
    ...parts('type', report.byType, intervals.byType),
    '',
    ...pins(conditions),
    `95% intervals: ${intervals.method}, ${intervals.resamples} resamples`,
  ].join('\n');
}

function parts(
  title: string,
  measures: Readonly<Record<string, EvaluationMeasures>>,
  intervals: EvaluationIntervals['byHops'],
): string[] {
  const names = Object.keys(measures);
  if (names.length === 0) return [];
  const width = Math.max(title.length, ...names.map((name) => name.length)) + 2;
  const head = `${title.padEnd(width)}${'n'.padStart(6)}  ${'exact match'.padEnd(22)}${'F1'.padEnd(22)}${'gold retrieved'.padEnd(16)}${'supporting'.padEnd(12)}turns`;
  const lines = Object.entries(measures).map(([name, own]) => {
    const score = (measure: 'exactMatch' | 'f1'): string =>
      `${percent(own[measure])} ${intervalOf(intervals[name]?.[measure], percent)}`.padEnd(22);
    const recall = own.supportingRecall === null ? '-' : percent(own.supportingRecall);
    return `${name.padEnd(width)}${String(own.questions).padStart(6)}  ${score('exactMatch')}${score('f1')}${percent(own.goldRetrieved).padEnd(16)}${recall.padEnd(12)}${own.turnsMean.toFixed(2)}`;
  });
  return ['', head, ...lines];
}

/** What the numbers depend on, short; all of it is in the JSON. */
function pins({
  corpus,
  questions,
  retriever,
  k,
  prompt,
  metricVersion,
  policy,
  seed,
  decoding,
}: EvaluationConditions) {
  const hash = (digest: string | undefined): string => (digest === undefined ? '' : ` sha256 ${digest.slice(0, 12)}`);
  const sampling = decoding.temperature === 0 ? 'greedy' : `temperature ${decoding.temperature}`;
  const weights =
    policy.checkpoint === null ? hash(Object.values(policy.files)[0]) : `, checkpoint${hash(policy.checkpoint.sha256)}`;
  return [
    `corpus     ${corpus === null ? 'none' : `${corpus.count} passages${hash(corpus.sha256)}`}`,
    `questions  ${questions === null ? 'none' : `${questions.count}${hash(questions.sha256)}`}`,
    `retriever  ${retriever.id} ${retriever.version}, k ${k}, ${JSON.stringify(retriever.options)}`,
    `prompt     ${prompt.id} ${prompt.version}${hash(prompt.sha256)}`,
    `metric     ${metricVersion}`,
    `policy     ${policy.id} ${policy.version}${weights}`,
    `decoding   ${sampling}, ${decoding.groupSize} a question, at most ${decoding.maxTurns} turns, seed ${seed}`,
  ];
}

function intervalOf(interval: Interval | undefined, say: (value: number) => string): string {
  return interval === undefined
    ? ''
    : `[${say(interval.low).replace('%', '')}, ${say(interval.high).replace('%', '')}]`;
}

/** `12.3%` */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
