import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomStream, readCorpus, readQuestions, type Passage, type RandomStream } from '@turnwise/core';

/** A question with the passages it needs. */
export interface JudgedQuery {
  readonly text: string;
  readonly gold: readonly string[];
  readonly split: 'train' | 'dev';
}

/** A corpus with questions to measure on. */
export interface Corpus {
  readonly passages: readonly Passage[];
  readonly queries: readonly JudgedQuery[];
}

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Folder of the real questions and passages: `TURNWISE_DATA`, or `../shared/data` beside the repository. */
const dataFolder = process.env['TURNWISE_DATA'] ?? join(root, '../shared/data');

/** Whether there are real questions to measure on. */
export function hasRealData(): boolean {
  return existsSync(join(dataFolder, 'corpus.jsonl'));
}

/** `real`: HotpotQA and 2WikiMultihopQA; a number: so many generated passages. */
export async function loadCorpus(name: string): Promise<Corpus> {
  return name === 'real' ? realCorpus() : generatedCorpus(Number(name));
}

async function realCorpus(): Promise<Corpus> {
  const queries: JudgedQuery[] = [];
  for (const file of ['hotpotqa.jsonl', '2wikimultihopqa.jsonl']) {
    for (const split of ['train', 'dev'] as const) {
      for (const { text, supportingIds = [] } of await readQuestions(join(dataFolder, file), { split })) {
        queries.push({ text, gold: supportingIds, split });
      }
    }
  }
  return { passages: await readCorpus(join(dataFolder, 'corpus.jsonl')), queries };
}

const stopWords = 'the of and in a to was is for on by with as at from that it his he an were are which be this'.split(
  ' ',
);
const vocabularySize = 200_000;

/**
 * Passages of invented words with the statistics that matter to a search engine: word frequencies fall as 1/rank (the
 * commonest are English stop words), titles of one to three rare words, some 55 words a passage. A question holds the
 * title's words, some words of the text and common words between them; its passage is the one it was made from.
 */
function generatedCorpus(count: number): Corpus {
  const random = randomStream(11, 'retrieval-bench', count);
  const word = zipfWords(random);
  const passages = Array.from({ length: count }, (_, index): Passage => {
    const title = Array.from({ length: 1 + random.integer(3) }, () => rareWord(random)).join(' ');
    const words = Array.from({ length: 30 + random.integer(50) }, word);
    words.splice(0, 0, title, 'is', 'a');
    return { id: `g${index}`, title, text: `${words.join(' ')}.` };
  });
  const queries = Array.from({ length: 500 }, (_, index): JudgedQuery => {
    const { id, title, text } = passages[random.integer(count)] as Passage;
    const words = text.split(' ');
    const picked = Array.from({ length: 4 }, () => words[random.integer(words.length)] as string);
    const names = title.split(' ').filter(() => random.next() < 0.4);
    return { text: `what is the ${[...names, ...picked].join(' ')}?`, gold: [id], split: index % 2 ? 'dev' : 'train' };
  });
  return { passages, queries };
}

/** Draws words whose frequency falls as 1/rank: the rank is `size ** uniform`. */
function zipfWords(random: RandomStream): () => string {
  return () => {
    const rank = Math.floor(vocabularySize ** random.next()) - 1;
    return stopWords[rank] ?? invented(rank);
  };
}

function rareWord(random: RandomStream): string {
  const word = invented(1_000 + random.integer(vocabularySize - 1_000));
  return word.charAt(0).toUpperCase() + word.slice(1);
}

const consonants = 'bdfgklmnprstvz';
const vowels = 'aeiou';

/** A pronounceable word for every number, each its own. */
function invented(rank: number): string {
  let word = '';
  for (let rest = rank + 70; rest > 0; rest = Math.floor(rest / 70)) {
    word += consonants.charAt(Math.floor((rest % 70) / 5)) + vowels.charAt(rest % 5);
  }
  return `${word}n`;
}
