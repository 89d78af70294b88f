import { describe, expect, it } from '@jest/globals';
import { createSearchR1Protocol, type SearchTool } from '@turnwise/core';
import { createEngine, loadTokenizer, transformerConfig } from '@turnwise/engine';
import { worldProtocol } from '../protocol.js';
import { tokenizerJson } from '../tokenizer/tokenizer-json.js';
import { generateWorld } from '../world/generate-world.js';
import { measureGroups } from './measure.js';
import { play, type Attempt } from './play.js';

const tokenizer = loadTokenizer(tokenizerJson());
const engine = createEngine({ config: transformerConfig({ vocabularySize: tokenizer.vocabularySize }), seed: 1 });
const search: SearchTool = {
  search: (queries) => Promise.resolve(queries.map(() => ({ status: 'empty' as const, hits: [] }))),
};
const protocol = createSearchR1Protocol(worldProtocol);
const questions = generateWorld({ seed: 1, evalQuestions: 6, trainQuestions: 1 }).eval;
const options = { engine, tokenizer, search, protocol, seed: 1, temperature: 1, maxTurns: 4, maxTokensPerTurn: 300 };

describe('play', () => {
  it('plays each attempt the same whatever is played beside it', async () => {
    const together = await play(questions, { ...options, attempts: 2 });
    const apart = await play(questions, { ...options, attempts: 2, slots: 3 });
    const transcripts = (groups: Attempt[][]): string[][] => groups.map((group) => group.map((one) => one.transcript));
    expect(transcripts(apart)).toEqual(transcripts(together));
    expect(together.map((group) => group.length)).toEqual(questions.map(() => 2));
  });
});

describe('measureGroups', () => {
  const question = questions[0];
  if (question === undefined) throw new Error('no question');
  const gold = question.answers[0] ?? '';
  const attempt = (answer: string | null, observation: string): Attempt => ({
    question,
    answer,
    observations: [observation],
    transcript: '',
  });
  const right = attempt(gold, `is ${gold}`);
  const nearMiss = attempt('nothing', `is ${gold}`);
  const silent = attempt(null, `is ${gold}`);
  const lost = attempt('nothing', 'is elsewhere');

  it('tells compositions and near misses apart', () => {
    expect(
      measureGroups([
        [right, lost],
        [lost, nearMiss],
        [lost, silent],
        [right, right],
      ]),
    ).toMatchObject({
      groups: 4,
      exactMatch: 3 / 8,
      allWrong: 0.5,
      mixed: 0.25,
      allCorrect: 0.25,
      nearMiss: 0.5,
      allWrongWithAnsweredNearMiss: 0.25,
      goldSeen: 5 / 8,
      unanswered: 1 / 8,
    });
  });
});
