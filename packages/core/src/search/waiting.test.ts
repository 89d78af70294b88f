import { getEventListeners } from 'node:events';
import { expect, it } from '@jest/globals';
import { onAbort } from './waiting.js';

it('listens to a signal once for all who wait, and no longer than somebody waits', () => {
  const controller = new AbortController();
  const { signal } = controller;
  const told: string[] = [];
  const listeners = (): number => getEventListeners(signal, 'abort').length;
  const ends = ['a', 'b', 'c'].map((name) => onAbort(signal, () => told.push(name)));
  expect(listeners()).toBe(1);
  ends[0]?.();
  ends[0]?.();
  expect(listeners()).toBe(1);
  ends[1]?.();
  ends[2]?.();
  // A signal made of others lives as long as it is listened to: what waited on those of earlier steps would pile up.
  expect(listeners()).toBe(0);
  const again = onAbort(signal, ({ message }) => told.push(message));
  onAbort(signal, () => told.push('too late'))();
  expect(listeners()).toBe(1);
  controller.abort(new Error('enough'));
  expect(told).toEqual(['enough']);
  again();
  expect(listeners()).toBe(0);
});
