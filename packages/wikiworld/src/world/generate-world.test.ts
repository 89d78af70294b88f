import { describe, expect, it } from '@jest/globals';
import { relations } from '../schema/relations.js';
import { decide } from './draw-questions.js';
import { generateWorld } from './generate-world.js';
import type { WorldQuestion } from './world-question.js';

const standard = generateWorld({ seed: 3 });
const hard = generateWorld({ seed: 3, difficulty: 'hard' });

const names = (texts: readonly string[]): Set<string> =>
  new Set(texts.flatMap((text) => text.match(/\b[A-Z][a-z]{5}\b/g) ?? []));

/** Reads a passage back by the templates: the object of that relation of that subject, if the passage states it. */
function read(text: string, subject: string, relationId: string): string | undefined {
  const relation = relations.find(({ id }) => id === relationId);
  for (const sentence of relation?.sentences ?? []) {
    const pattern = sentence.replace('.', '\\.').replace('{s}', subject).replace('{o}', '(\\w+)');
    const match = new RegExp(`^${pattern}`).exec(text);
    if (match !== null) return match[1];
  }
  return undefined;
}

/** Follows the supporting passages by their text alone. */
function solve(question: WorldQuestion, texts: ReadonlyMap<string, string>): string | undefined {
  const read1 = (index: number, subject: string): string | undefined =>
    read(texts.get(question.supportingIds[index] ?? '') ?? '', subject, question.steps[index]?.relation ?? '');
  const [first, second] = question.steps;
  if (question.type !== 'bridge') {
    if (first === undefined || second === undefined) return undefined;
    const objects = [read1(0, first.subject) ?? '', read1(1, second.subject) ?? ''] as const;
    return decide(question.type, { ...first, object: objects[0] }, { ...second, object: objects[1] });
  }
  return question.steps.reduce<string | undefined>(
    (subject, _, index) => (subject === undefined ? undefined : read1(index, subject)),
    first?.subject,
  );
}

describe('generateWorld', () => {
  it('gives the same world for the same seed and another for another', () => {
    expect(generateWorld({ seed: 3 })).toEqual(standard);
    expect(generateWorld({ seed: 4 }).passages).not.toEqual(standard.passages);
  });

  it('has 2000 to 4000 passages, 1000 questions to train on and 300 held out', () => {
    expect(standard.passages.length).toBeGreaterThan(2000);
    expect(standard.passages.length).toBeLessThan(4000);
    expect([standard.train.length, standard.eval.length]).toEqual([1000, 300]);
  });

  it('uses every id once', () => {
    expect(new Set(standard.passages.map(({ id }) => id)).size).toBe(standard.passages.length);
    const questions = [...standard.train, ...standard.eval];
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
    expect(new Set(questions.map(({ text }) => text)).size).toBe(questions.length);
  });

  it('shares no name between training and held-out questions, answers and passages', () => {
    const mentioned = (questions: readonly WorldQuestion[]): Set<string> =>
      names(questions.flatMap(({ text, answers, steps }) => [text, ...answers, ...steps.map(({ object }) => object)]));
    const train = mentioned(standard.train);
    const heldOut = mentioned(standard.eval);
    train.delete('Question');
    expect([...heldOut].filter((name) => train.has(name))).toEqual([]);
    const facts = standard.facts.filter((fact) => fact.split === 'held-out');
    expect(facts.filter((fact) => train.has(fact.subject) || train.has(fact.object))).toEqual([]);
  });

  it.each([standard, hard])('answers every question by its supporting passages ($difficulty)', (world) => {
    const texts = new Map(world.passages.map(({ id, text }) => [id, text]));
    const solved = [...world.train, ...world.eval].map((question) => [question.id, solve(question, texts)]);
    expect(solved).toEqual([...world.train, ...world.eval].map(({ id, answers }) => [id, answers[0]]));
  });

  it('leaves no placeholder in any text', () => {
    const texts = [standard, hard].flatMap(({ passages, train, eval: heldOut }) => [
      ...passages.map(({ title, text }) => `${title} ${text}`),
      ...[...train, ...heldOut].map(({ text }) => text),
    ]);
    expect(texts.filter((text) => /[{}]|undefined|null|NaN/.test(text))).toEqual([]);
  });

  it('asks for one or two facts in standard and mostly for three in hard', () => {
    const share = (questions: readonly WorldQuestion[], hops: number): number =>
      questions.filter((question) => question.hops === hops).length / questions.length;
    expect(share(standard.train, 3)).toBe(0);
    expect(share(standard.train, 1)).toBeGreaterThan(0.25);
    expect(share(hard.train, 1)).toBe(0);
    expect(share(hard.train, 3)).toBeGreaterThan(0.7);
  });

  it('has aliases among the answers and names that a person and a place share', () => {
    expect(standard.eval.some(({ answers }) => answers.length === 2)).toBe(true);
    const people = new Set(standard.facts.filter((fact) => fact.relation === 'spouse').map((fact) => fact.subject));
    expect(standard.facts.some((fact) => fact.relation === 'twin' && people.has(fact.subject))).toBe(true);
  });

  it('says so when the world is too large or too small', () => {
    const size = { people: 2000, places: 1, organisations: 1, works: 1 };
    expect(() => generateWorld({ seed: 1, size })).toThrow(/too large: the train half has 1728 names/);
    const few = { people: 12, places: 6, organisations: 4, works: 6 };
    expect(() => generateWorld({ seed: 1, size: few, trainQuestions: 5000 })).toThrow(/too small: \d+ of 5000/);
  });
});
