import type { PluginLifecycle } from '@turnwise/core';
import { demand, ConformanceError, type Rule } from '../rule.js';
import { sameValue, shown } from '../same-value.js';
import { open, type Subject } from '../subject.js';
import { settled, within } from '../within.js';

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What holds for the life of every plugin: created, started, used, closed. */
export const lifecycleRules: readonly Rule<Subject>[] = [
  {
    id: 'lifecycle/close-twice',
    says: 'closing it a second time does nothing',
    check: async (subject) => {
      const { close } = await open(subject);
      await close();
      const second = await settled(subject.seconds, 'closing again', close);
      demand(
        !('error' in second),
        () => `closing again failed: ${reason((second as { error: unknown }).error)}`,
        'remember that it is closed, and return',
      );
    },
  },
  {
    id: 'lifecycle/close-unstarted',
    says: 'what was created but never started can be closed',
    check: async (subject) => {
      const { close } = await open(subject, {}, false);
      const closed = await settled(subject.seconds, 'closing', close);
      demand(
        !('error' in closed),
        () => `closing without init() failed: ${reason((closed as { error: unknown }).error)}`,
        'close only what init() opened',
      );
    },
  },
  {
    id: 'lifecycle/independent',
    says: 'closing one instance leaves another working as before',
    check: async (subject) => {
      const [first, second] = [await open(subject), await open(subject)];
      try {
        const before = await subject.probe(second.instance);
        const steady = sameValue(before, await subject.probe(second.instance), 1e-9);
        await first.close();
        const after = await settled(subject.seconds, 'the other instance', () => subject.probe(second.instance));
        if ('error' in after) {
          throw new ConformanceError(
            `after one was closed the other failed: ${reason(after.error)}`,
            'keep what an instance uses in the instance, not in the module',
          );
        }
        demand(
          !steady || sameValue(before, after.value, 1e-9),
          () => `after one was closed the other gave ${shown(after.value)} instead of ${shown(before)}`,
          'keep what an instance uses in the instance, not in the module',
        );
      } finally {
        await second.close().catch(() => undefined);
      }
    },
  },
  {
    id: 'lifecycle/deterministic',
    says: 'the same seed gives the same results, unless it says deterministic: false',
    check: async (subject) => {
      if (subject.plugin.deterministic === false) return;
      const results: unknown[] = [];
      for (let round = 0; round < 2; round++) {
        const { instance, close } = await open(subject, { seed: 7 });
        results.push(await subject.probe(instance));
        await close().catch(() => undefined);
      }
      demand(
        sameValue(results[0], results[1]),
        () => `two instances with one seed gave ${shown(results[0])} and ${shown(results[1])}`,
        'draw from context.random and not from Math.random, read no clock; or declare deterministic: false',
      );
    },
  },
  {
    id: 'lifecycle/state',
    says: 'the state it saves is JSON, and another instance goes on from it',
    check: async (subject) => {
      const first = await open(subject);
      await subject.probe(first.instance);
      const lifecycle = first.instance as PluginLifecycle;
      const saves = lifecycle.state !== undefined || lifecycle.restore !== undefined;
      const state = lifecycle.state?.();
      const next = saves ? await subject.probe(first.instance) : null;
      await first.close().catch(() => undefined);
      if (!saves) return;
      demand(
        lifecycle.state !== undefined && lifecycle.restore !== undefined,
        () => 'it has one of state() and restore()',
        'offer both, or neither',
      );
      const text = JSON.stringify(state) as string | undefined;
      demand(
        text !== undefined && sameValue(JSON.parse(text), state),
        () => `state() is not plain JSON: ${shown(state)}`,
        'return objects, arrays, strings, finite numbers, booleans and null',
      );
      const second = await open(subject);
      await within(subject.seconds, 'restore()', () =>
        (second.instance as PluginLifecycle).restore?.(JSON.parse(text)),
      );
      const result = await subject.probe(second.instance);
      await second.close().catch(() => undefined);
      demand(
        subject.plugin.deterministic === false || sameValue(result, next, 1e-9),
        () => `after restore() it gave ${shown(result)} where the first went on with ${shown(next)}`,
        'put everything into the state that later results depend on',
      );
    },
  },
];
