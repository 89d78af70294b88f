import { describe, expect, it } from '@jest/globals';
import { deriveSeed, randomStream, resumableStream, shuffled } from './random-stream.js';

describe('a random stream', () => {
  // sfc32 written out again in Python, from SHA-256 of the JSON text [7,"sample",3]: whoever changes these numbers
  // changes every recorded run.
  it('gives the numbers of sfc32 with 53 bits a draw', () => {
    const stream = randomStream(7, 'sample', 3);
    expect([stream.next(), stream.next(), stream.next()]).toEqual([
      0.5261088266058292, 0.6768780943741118, 0.05498728365834282,
    ]);
    expect(deriveSeed(7, 'sample', 3)).toBe(1672678952);
  });

  it('goes on where it was put down', () => {
    const stream = resumableStream(1, 'x');
    stream.next();
    const position = stream.position();
    const rest = [stream.next(), stream.next()];
    const other = resumableStream(2);
    other.goTo(position);
    expect([other.next(), other.next()]).toEqual(rest);
    stream.goTo(position);
    expect(stream.position()).toEqual(position);
    expect(position).toHaveLength(4);
  });

  it('has whole numbers below a bound, all of them', () => {
    const stream = randomStream(3);
    const drawn = new Set(Array.from({ length: 200 }, () => stream.integer(5)));
    expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('is another for another seed and other names', () => {
    const firsts = [
      randomStream(1),
      randomStream(2),
      randomStream(1, 'a'),
      randomStream(1, 'b'),
      randomStream(1, 'a', 1),
    ];
    expect(new Set(firsts.map((stream) => stream.next())).size).toBe(5);
  });
});

describe('shuffled', () => {
  it('gives every order about as often as any other', () => {
    const counts = new Map<string, number>();
    const stream = randomStream(5, 'orders');
    const items = ['a', 'b', 'c'];
    for (let trial = 0; trial < 6000; trial++) {
      const order = shuffled(items, stream).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(items).toEqual(['a', 'b', 'c']);
    expect(counts.size).toBe(6);
    // Five standard errors of 1000 expected.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000 * (5 / 6)));
  });
});
