import { describe, expect, it } from '@jest/globals';
import { loadTokenizer } from '@turnwise/engine';
import { generateWorld } from '../world/generate-world.js';
import { firstSyllables, lastSyllables } from '../names/syllables.js';
import { tokenizerJson } from './tokenizer-json.js';

const tokenizer = loadTokenizer(tokenizerJson());
const encode = (text: string): number[] => tokenizer.encode(text);
const decode = (ids: number[]): string => tokenizer.decode(ids);
const pieces = (text: string): string[] => encode(text).map((id) => tokenizer.idToToken(id) ?? '');

describe('tokenizerJson', () => {
  it('is the same every time and has 400 to 700 tokens', () => {
    expect(tokenizerJson()).toEqual(tokenizerJson());
    expect(tokenizer.vocabularySize).toBeGreaterThan(400);
    expect(tokenizer.vocabularySize).toBeLessThan(700);
  });

  it('reads names as two syllables, and years and tags as one token', () => {
    expect(pieces('Tinvek')).toEqual(['ĠTin', 'vek']);
    expect(pieces('Who taught Tinvek?\n')).toEqual(['ĠWho', 'Ġtaught', 'ĠTin', 'vek', '?']);
    expect(pieces('<think> 1873 </think>')).toEqual(['<think>', 'Ġ1873', '</think>']);
    const names = firstSyllables.flatMap((first) => lastSyllables.map((last) => first + last));
    expect(names.filter((name) => encode(name).length !== 2)).toEqual([]);
  });

  it('gives every text of a world back, without spelling any word of it in bytes', () => {
    for (const difficulty of ['standard', 'hard'] as const) {
      const world = generateWorld({ seed: 5, difficulty });
      const texts = [...world.passages, ...world.train, ...world.eval].map(({ text }) => text);
      const encoded = texts.map(encode);
      expect(encoded.map(decode)).toEqual(texts);
      const used = [...new Set(encoded.flat())].map((id) => tokenizer.idToToken(id) ?? '');
      expect(used.filter((piece) => /^[^ĠA-Za-z]$|^[A-Za-z]$/.test(piece) && !'.,?'.includes(piece))).toEqual([]);
    }
  });

  it('gives a turn back with its tags spaced', () => {
    const turn = '<think> Tinvek teacher Morlok. Morlok mother </think> <search> Morlok child mother </search>';
    expect(decode(encode(turn))).toBe(turn);
    expect(decode(encode(turn.replaceAll(' <', '<').replaceAll('> ', '>')))).toBe(turn);
  });

  it.each(['Łódź ist schön, 東京 😀', 'a+b=c U.S.A.', 'Tinveks vekTin', '\u0000\u00a0\ud7ff x', "l'été"])(
    'spells what it does not know in bytes: %s',
    (text) => {
      expect(decode(encode(text))).toBe(text.replace(/\s+/g, ' '));
    },
  );

  it('counts a run of white space as one space', () => {
    expect(encode('Who  taught\n\tTinvek?')).toEqual(encode('Who taught Tinvek?'));
    expect(encode('')).toEqual([]);
    expect(encode('\n')).toEqual([]);
  });
});
