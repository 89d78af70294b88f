import type { Passage, Protocol, RandomStream, SearchTool } from '@turnwise/core';
import { isName } from '../names/name-pools.js';
import { neighbourOf, relationOf } from '../schema/relations.js';
import { decide } from '../world/draw-questions.js';
import type { Fact, FactIndex } from '../world/fact.js';
import type { WorldQuestion } from '../world/world-question.js';
import type { Demonstration, DemonstratedTurn } from './demonstration.js';
import type { FaultRates, Profile } from './fault-rates.js';

export interface DemonstrateOptions {
  readonly search: SearchTool;
  readonly protocol: Protocol;
  /** The facts of the world that the search tool searches. */
  readonly facts: FactIndex;
  readonly profile: Profile;
  readonly random: RandomStream;
}

/** Turns after which the script stops, including the turn of the answer. */
const maxTurns = 5;
/** Hits of a search. */
const topK = 3;
/** How often even an expert searches in vain for one fact before it answers with what it has. */
const patience = 2;

/**
 * Plays one question against the real search tool and writes down what was thought, asked, found and answered.
 *
 * Each turn first restates what the last search brought ("Tinvek teacher Morlas."), then names what is looked for
 * next ("Morlas mother"), then searches or answers.
 */
export async function demonstrate(question: WorldQuestion, options: DemonstrateOptions): Promise<Demonstration> {
  const { protocol, facts, profile, random } = options;
  const happens = (...rates: readonly number[]): number => {
    let rest = random.next();
    return rates.findIndex((rate) => (rest -= rate) < 0);
  };
  const chain = question.type === 'bridge';
  const turns: DemonstratedTurn[] = [];
  const objects: string[] = [];
  const finish = (answer: string | null): Demonstration => ({
    question,
    prompt: protocol.prompt(question),
    turns,
    answer,
    correct: answer !== null && question.answers.includes(answer),
  });
  const answerNow = (thought: string, answer: string): Demonstration => {
    turns.push({ output: `<think> ${thought} </think> <answer> ${answer} </answer>`, observation: null });
    return finish(answer);
  };

  let subject = (question.steps[0] as Fact).subject;
  let restated = '';
  let repeated: string | null = null;
  let misses = 0;
  while (turns.length < maxTurns) {
    const step = objects.length;
    const { relation } = question.steps[step] as Fact;
    const goal = `${subject} ${relation}`;
    const rates = profile({ type: question.type, hops: question.hops, step, relation });
    const query: string = repeated ?? poseQuery(subject, relation, rates, happens);
    const { hits, text } = await look(query, options);
    const last = turns.length + 1 === maxTurns;
    turns.push({
      output: `<think> ${restated}${goal} </think> <search> ${query} </search>`,
      observation: last ? null : text,
    });
    if (last) break;

    const fact = facts.find(subject, relation);
    const found = fact !== undefined && hits.some((hit) => hit.id === fact.passageId);
    repeated = null;
    if (found && happens(rates.repeat) === 0) {
      repeated = query;
      restated = '';
      continue;
    }
    if (!found && ++misses < patience && happens(rates.guess) !== 0) {
      restated = `${goal} missing. `;
      continue;
    }
    misses = 0;

    const fault = found ? happens(rates.skim, rates.glance) : 1;
    const object = fault === 0 ? subject : fault === 1 ? lastMentioned(hits, subject) : (fact as Fact).object;
    const read = fault === 0 ? `surely ${object}` : fault === 1 ? `perhaps ${object}` : `${goal} ${object}`;
    objects.push(object);
    if (objects.length === question.steps.length) {
      if (chain) {
        const wavers = fault === -1 && happens(rates.waver) === 0;
        return wavers ? answerNow(`${read} or ${subject}`, subject) : answerNow(read, object);
      }
      const conclusion = conclude(question, objects, happens(rates.miscompare) === 0);
      return answerNow(`${read}. ${objects.join(' ')} ${question.type} ${conclusion.word}`, conclusion.answer);
    }
    if (happens(rates.hasty) === 0) return answerNow(read, chain ? object : subject);
    restated = `${read}. `;
    subject = chain ? object : (question.steps[objects.length] as Fact).subject;
  }
  return finish(null);
}

function poseQuery(
  subject: string,
  relation: string,
  rates: FaultRates,
  happens: (...rates: readonly number[]) => number,
): string {
  const fault = happens(rates.entityOnly, rates.relationOnly, rates.neighbour);
  const asked = relationOf(relation);
  const keywords = (fault === 2 ? neighbourOf(asked) : asked).keywords.join(' ');
  return fault === 0 ? subject : fault === 1 ? keywords : `${subject} ${keywords}`;
}

async function look(
  query: string,
  { search, protocol }: DemonstrateOptions,
): Promise<{ readonly hits: readonly Passage[]; readonly text: string }> {
  const [outcome] = await search.search([query], { topK, signal: new AbortController().signal });
  if (outcome === undefined) throw new Error('the search tool returned no outcome for the query');
  return { hits: outcome.hits, text: protocol.observation(outcome, (passage) => passage) };
}

/** The last name or year in the hits' texts; the subject when there is none. */
function lastMentioned(hits: readonly Passage[], subject: string): string {
  const mentions = hits.flatMap(({ text }) => text.match(/\b[A-Z][a-z]{5}\b|\b\d{4}\b/g) ?? []);
  return mentions.findLast((mention) => /\d/.test(mention) || isName(mention)) ?? subject;
}

/** What two objects say about a comparison, in words, and the answer that follows. */
function conclude(
  question: WorldQuestion,
  objects: readonly string[],
  wrongly: boolean,
): { readonly word: string; readonly answer: string } {
  const [first, second] = question.steps.map((step, index) => ({ ...step, object: objects[index] ?? '' }));
  if (first === undefined || second === undefined || question.type === 'bridge') {
    throw new TypeError(`question ${question.id} compares nothing`);
  }
  const right = decide(question.type, first, second);
  const former = (right === first.subject) !== wrongly;
  return { word: former ? 'former' : 'latter', answer: former ? first.subject : second.subject };
}
