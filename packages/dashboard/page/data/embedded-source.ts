import type { ReportCredit, ReportData } from '@turnwise/server';
import type { Manifest, RunEvents, Source } from './source.js';

/** Data that the page brought along. */
export function embeddedSource(data: ReportData): Source {
  const absent = (): Promise<never> => Promise.reject(new Error('This report does not hold that part of the run.'));
  const stepOf = (step: number) => data.steps.find(({ page }) => page.step === step);
  const lineOf = (step: number, index: number) => {
    const found = stepOf(step);
    return found?.lines[found.page.groups.findIndex((group) => group.index === index)];
  };
  return {
    kind: 'report',
    holdings: data.holdings,
    holds: (step, index) => lineOf(step, index) !== undefined,
    runs: () => Promise.resolve([data.run]),
    manifest: () => Promise.resolve(data.manifest as unknown as Manifest),
    events: () => Promise.resolve(data.events as RunEvents),
    metrics: () => Promise.resolve(data.metrics),
    steps: () => Promise.resolve(data.steps.map(({ page }) => page.step)),
    groups: async (_run, step) => stepOf(step)?.page ?? absent(),
    group: async (_run, step, index) => lineOf(step, index) ?? absent(),
    strategies: () => Promise.resolve(data.strategies),
    credit: async (_run, step, index, strategy) => {
      const given = data.credit.find(
        (each) => each.step === step && each.index === index && each.strategy === strategy,
      )?.given;
      return given === undefined ? absent() : orFailure(given);
    },
    questions: () => Promise.resolve(data.questions),
    question: async (_run, id) => data.histories.find(({ question }) => question?.id === id) ?? absent(),
    watch: () => () => undefined,
  };
}

/** A strategy that refused the group fails as it would have failed when asked. */
function orFailure(given: ReportCredit['given']): Exclude<typeof given, { readonly failure: string }> {
  if ('failure' in given) throw new Error(given.failure);
  return given;
}
