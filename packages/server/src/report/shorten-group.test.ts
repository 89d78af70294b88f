import { describe, expect, it } from '@jest/globals';
import { nearMisses } from '@turnwise/core';
import { groupLine, missed, type GroupWish } from '../dashboard/recorded-run.fixture.js';
import { shortenGroup, shortenTexts } from './shorten-group.js';

describe('a group in a report', () => {
  const long = (characters: number): GroupWish => ({
    id: 'q',
    members: [
      [`${'x'.repeat(characters)} Paris`, 'Rome'],
      ['Nothing.', 'Rome'],
    ],
  });

  it('is whole when it is small', () => {
    const line = groupLine(1, missed);
    const held = shortenGroup(line, 1e6);
    expect(held).toMatchObject({ line, longestText: null });
    expect(held?.bytes).toBe(Buffer.byteLength(JSON.stringify(held?.line)));
  });

  it.each([1e6, 12_000, 4000])('fits into %i bytes, and gold that was cut off is still known', (bytes) => {
    const { shaped, ...line } = groupLine(1, long(100_000));
    // As GRPO records it: nobody looked for gold.
    const bare = { ...line, shaped: shaped.map(({ firstOccurrence: _, ...rewards }) => rewards) };
    const held = shortenGroup(bare, bytes);
    expect(held?.bytes).toBeLessThanOrEqual(bytes);
    expect(held?.longestText).toBe(bytes === 1e6 ? 8000 : bytes === 12_000 ? 2000 : 500);
    expect(held?.line.shaped.map(({ firstOccurrence }) => firstOccurrence)).toEqual([0, null]);
    expect(nearMisses(held?.line ?? bare)).toEqual([true, false]);
    expect(JSON.stringify(held)).toMatch(/more characters are not in this report⟩/);
  });

  it('is left out when even its shortest form is too long', () => {
    expect(shortenGroup(groupLine(1, long(10)), 100)).toBeNull();
  });

  it('is cut between characters', () => {
    expect(shortenTexts({ a: ['😀😀'] }, 3)).toEqual({ a: ['😀 … ⟨2 more characters are not in this report⟩'] });
  });
});
