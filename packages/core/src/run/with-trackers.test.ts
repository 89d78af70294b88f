import { describe, expect, it } from '@jest/globals';
import type { TrackedRun, Tracker } from '../contract/index.js';
import { withTrackers } from './with-trackers.js';

const run = { name: 'one' } as unknown as TrackedRun;
const untouched = new AbortController().signal;

/** Trackers that write down what they are told; the first may fail at its end. */
function trackers(told: string[], failing = false): Tracker[] {
  return [
    {
      record: () => undefined,
      begin: ({ name }) => void told.push(`begin ${name}`),
      end: (how) => {
        told.push(`end ${how}`);
        if (failing) throw new Error('no network');
      },
    },
    { record: () => undefined },
  ];
}

describe('withTrackers', () => {
  it('tells that a run began before its work, and how it ended after it', async () => {
    const told: string[] = [];
    const work = () => Promise.resolve(void told.push('work')).then(() => 7);
    expect(await withTrackers(trackers(told), run, untouched, work)).toBe(7);
    expect(told).toEqual(['begin one', 'work', 'end finished']);
  });

  it.each<[string, AbortSignal, boolean]>([
    ['failed', untouched, false],
    ['failed', untouched, true],
    ['interrupted', AbortSignal.abort(), true],
  ])('says %s of a work that threw, and hides its error by none of its own', async (how, signal, failing) => {
    const told: string[] = [];
    const work = () => Promise.reject(new Error('out of memory'));
    await expect(withTrackers(trackers(told, failing), run, signal, work)).rejects.toThrow('out of memory');
    expect(told).toEqual(['begin one', `end ${how}`]);
  });

  it('lets a tracker that cannot end a finished run be known', async () => {
    const told: string[] = [];
    await expect(withTrackers(trackers(told, true), run, untouched, () => Promise.resolve(1))).rejects.toThrow(
      'no network',
    );
    expect(told).toEqual(['begin one', 'end finished']);
  });
});
