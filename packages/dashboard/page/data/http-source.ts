import type { RunChange } from '@turnwise/server';
import type { Source } from './source.js';

/** A failed request, in the server's words. */
class RequestFailure extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

type Query = Readonly<Record<string, string | number | readonly string[]>>;

async function ask<Reply>(address: string, query: Query = {}): Promise<Reply> {
  const parameters = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => [name, String(each)])),
  );
  const response = await fetch(`api/${address}?${parameters.toString()}`).catch(() => {
    throw new RequestFailure(0, 'The dashboard cannot be reached. Is it still running?');
  });
  if (!response.ok) {
    const body = (await response.json().catch(() => ({}))) as { error?: { message?: string } };
    throw new RequestFailure(response.status, body.error?.message ?? `The dashboard answered ${response.status}.`);
  }
  return (await response.json()) as Reply;
}

/** Data from the server that serves the page. */
export const httpSource: Source = {
  kind: 'live',
  holds: () => true,
  runs: () => ask('runs'),
  manifest: (run) => ask('manifest', { run }),
  events: (run) => ask('events', { run }),
  metrics: (run, from, names = []) => ask('metrics', { run, from, name: names }),
  steps: (run) => ask('steps', { run }),
  groups: (run, step) => ask('groups', { run, step }),
  group: (run, step, index) => ask('group', { run, step, index }),
  strategies: () => ask('strategies'),
  credit: (run, step, index, strategy) => ask('credit', { run, step, index, strategy }),
  questions: (run, offset, limit, words = '') => ask('questions', { run, offset, limit, words }),
  question: (run, id) => ask('question', { run, id }),
  watch(listener) {
    const events = new EventSource('api/live');
    const data = (event: MessageEvent<unknown>): unknown => JSON.parse(String(event.data));
    events.addEventListener('change', (event) => listener(data(event) as RunChange[], []));
    events.addEventListener('gone', (event) => listener([], data(event) as string[]));
    return () => events.close();
  },
};
