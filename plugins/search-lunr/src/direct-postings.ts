import type { Passage } from '@turnwise/core';
import { weightArray, type Postings } from './compiled-index.js';
import { GrowingArray } from './growing-array.js';
import type { Weighting } from './lunr-index.js';
import { passageTerms } from './terms.js';

/** One field of every passage as runs of (term row, frequency). */
class FieldFrequencies {
  readonly rows = new GrowingArray();
  readonly frequencies = new GrowingArray();
  /** End of each passage's run. */
  readonly ends = new GrowingArray();
  readonly lengths = new GrowingArray();
  totalLength = 0;

  constructor(readonly boost: number) {}

  add(length: number, counts: ReadonlyMap<number, number>): void {
    for (const [row, frequency] of counts) {
      this.rows.push(row);
      this.frequencies.push(frequency);
    }
    this.ends.push(this.rows.length);
    this.lengths.push(length);
    this.totalLength += length;
  }
}

/**
 * The postings lunr's index compiles to, number for number, made without lunr's index: that one keeps an object for
 * every word of every passage, 25 kB a passage, which 100,000 passages turn into more memory than Node gives.
 *
 * lunr 2.3.9: `idf = ln(1 + |(N - n + 0.5) / (n + 0.5)|)` where n counts a passage twice when title and text hold the
 * term; `weight = round3(idf (k1 + 1) tf / (k1 (1 - b + b length / average) + tf) * boost)` for each field.
 */
export function directPostings(passages: readonly Passage[], weighting: Weighting): Postings {
  const title = new FieldFrequencies(weighting.titleBoost);
  const text = new FieldFrequencies(1);
  const rowOf = new Map<string, number>();
  const holders = new GrowingArray();
  for (const passage of passages) {
    for (const [field, content] of [
      [title, passage.title],
      [text, passage.text],
    ] as const) {
      const words = passageTerms(content);
      const counts = new Map<number, number>();
      for (const word of words) {
        let row = rowOf.get(word);
        if (row === undefined) {
          row = rowOf.size;
          rowOf.set(word, row);
          holders.push(0);
        }
        counts.set(row, (counts.get(row) ?? 0) + 1);
      }
      const counters = holders.view();
      for (const row of counts.keys()) counters[row] = (counters[row] as number) + 1;
      field.add(words.length, counts);
    }
  }
  const terms = [...rowOf.keys()];
  return { passageCount: passages.length, terms, ...weigh([title, text], passages.length, holders.view(), weighting) };
}

type Weights = Pick<Postings, 'offsets' | 'passages' | 'weights'>;

function weigh(
  fields: readonly FieldFrequencies[],
  count: number,
  holders: Uint32Array,
  { k1, b }: Weighting,
): Weights {
  const inverse = Float64Array.from(holders, (n) => Math.log(1 + Math.abs((count - n + 0.5) / (n + 0.5))));
  /** Weights of the passage at hand by term row; -1 for terms it does not hold. */
  const sums = new Float64Array(holders.length).fill(-1);
  const visit = (consume: (row: number, position: number, weight: number) => void): void => {
    for (let position = 0; position < count; position++) {
      const touched: number[] = [];
      for (const field of fields) {
        const average = field.totalLength / count;
        const end = field.ends.view()[position] as number;
        const relative = (field.lengths.view()[position] as number) / average;
        for (let place = position === 0 ? 0 : (field.ends.view()[position - 1] as number); place < end; place++) {
          const row = field.rows.view()[place] as number;
          const tf = field.frequencies.view()[place] as number;
          // The order of operations is lunr's: another one rounds differently now and then.
          let weight = ((inverse[row] as number) * ((k1 + 1) * tf)) / (k1 * (1 - b + b * relative) + tf);
          weight *= field.boost;
          const before = sums[row] as number;
          if (before < 0) touched.push(row);
          sums[row] = Math.max(before, 0) + Math.round(weight * 1000);
        }
      }
      for (const row of touched) {
        consume(row, position, sums[row] as number);
        sums[row] = -1;
      }
    }
  };
  const offsets = new Uint32Array(holders.length + 1);
  let largest = 0;
  visit((row, _position, weight) => {
    offsets[row + 1] = (offsets[row + 1] as number) + 1;
    if (weight > largest) largest = weight;
  });
  for (let row = 1; row < offsets.length; row++) offsets[row] = (offsets[row] as number) + (offsets[row - 1] as number);
  const size = offsets.at(-1) as number;
  const passages = new Uint32Array(size);
  const weights = weightArray(size, largest);
  const next = offsets.slice();
  visit((row, position, weight) => {
    const place = next[row] as number;
    next[row] = place + 1;
    passages[place] = position;
    weights[place] = weight;
  });
  return { offsets, passages, weights };
}
