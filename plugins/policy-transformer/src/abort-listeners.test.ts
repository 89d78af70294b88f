import { getEventListeners } from 'node:events';
import { expect, it } from '@jest/globals';
import { AbortListeners } from './abort-listeners.js';

it('puts one listener on a signal, calls who still waits, and leaves none behind', () => {
  const listeners = new AbortListeners();
  const controller = new AbortController();
  const called: number[] = [];
  const removals = Array.from({ length: 50 }, (_, index) => listeners.add(controller.signal, () => called.push(index)));
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
  removals.slice(2).forEach((remove) => remove());
  controller.abort();
  expect(called).toEqual([0, 1]);
  const other = new AbortController();
  const remove = listeners.add(other.signal, () => called.push(99));
  remove();
  remove();
  expect(getEventListeners(other.signal, 'abort')).toHaveLength(0);
});
