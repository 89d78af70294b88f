import type { ReportHoldings } from '@turnwise/server';
import type { JSX } from 'preact';

const counted = (count: number): string => count.toLocaleString('en');

/** What a report is, and which part of its run it holds: what is not in it is in the run's folder. */
export function ReportNotice({ holdings }: { holdings: ReportHoldings }): JSX.Element {
  const { writtenAt, rows, steps, groups, questions, events, longestText } = holdings;
  const written = `${new Date(writtenAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return (
    <section class="notice report" aria-label="What this report holds">
      <p>
        A report of this run in one file, written {written}. It loads nothing and sends nothing. It holds{' '}
        {rows.held < rows.recorded
          ? `the metrics of ${counted(rows.recorded)} steps as ${counted(rows.held)} points, each the mean of neighbouring steps`
          : 'the metrics of every step'}
        ; {counted(groups.held)} sampled groups from {counted(steps.held)} of {counted(steps.recorded)} steps;{' '}
        {questions.held < questions.read
          ? `the histories of ${counted(questions.held)} of ${counted(questions.read)} questions`
          : 'the history of every question'}
        {steps.read < steps.recorded && ` over ${counted(steps.read)} of the steps`}
        {events.held < events.recorded && `; the last ${counted(events.held)} of ${counted(events.recorded)} events`}.
        {longestText !== null && ` Long texts are shortened, some to ${counted(longestText)} characters.`} The folder of
        the run has the rest: <code>turnwise dashboard</code> shows it.
      </p>
    </section>
  );
}
