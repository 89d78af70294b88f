import type { GroupPage, MetricColumns, QuestionHistory, QuestionPage, RunRow } from '@turnwise/server';
import type { RecordedGroupLine } from './group-line.js';
import type { Manifest, RunEvents, Source } from './source.js';

/** What a report carries of its run: everything but most of the groups, of which it has samples. */
export interface ReportData {
  readonly run: RunRow;
  readonly manifest: Manifest;
  readonly events: RunEvents;
  readonly metrics: MetricColumns;
  readonly groups: readonly { readonly page: GroupPage; readonly lines: readonly RecordedGroupLine[] }[];
  readonly questions: QuestionPage;
  readonly histories: Readonly<Record<string, QuestionHistory>>;
}

/** Data that the page brought along. */
export function embeddedSource(data: ReportData): Source {
  const absent = (): Promise<never> => Promise.reject(new Error('This report does not hold that part of the run.'));
  const stepOf = (step: number) => data.groups.find(({ page }) => page.step === step);
  return {
    kind: 'report',
    runs: () => Promise.resolve([data.run]),
    manifest: () => Promise.resolve(data.manifest),
    events: () => Promise.resolve(data.events),
    metrics: () => Promise.resolve(data.metrics),
    steps: () => Promise.resolve(data.groups.map(({ page }) => page.step)),
    groups: async (_run, step) => stepOf(step)?.page ?? absent(),
    group: async (_run, step, index) => {
      const found = stepOf(step);
      const place = found?.page.groups.findIndex((group) => group.index === index) ?? -1;
      return found?.lines[place] ?? absent();
    },
    strategies: () => Promise.resolve([]),
    credit: absent,
    questions: () => Promise.resolve(data.questions),
    question: async (_run, id) => data.histories[id] ?? absent(),
    watch: () => () => undefined,
  };
}
