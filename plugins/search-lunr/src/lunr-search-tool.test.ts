import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Passage, SearchOutcome } from '@turnwise/core';
import { buildIndex } from './build-index.js';
import { generatedCorpus, generatedQuery } from './generated-corpus.fixture.js';
import { LunrSearchTool } from './lunr-search-tool.js';
import type { Expansion } from './ranker.js';

const signal = new AbortController().signal;

function toolOver(passages: readonly Passage[], expansion?: Partial<Expansion>): LunrSearchTool {
  return new LunrSearchTool(buildIndex(passages, { titleBoost: 1, k1: 1.2, b: 0.75 }), passages, expansion);
}

const passages: Passage[] = [
  { id: 'who', title: 'The Who', text: 'The Who are an English rock band.' },
  { id: 'jaws', title: 'Jaws (film)', text: 'Jaws is a film directed by Steven Spielberg.' },
  { id: 'lodz', title: 'Łódź', text: 'Łódź is a city in Poland with many cafés.' },
  { id: 'tokyo', title: '東京都', text: '東京都は日本の首都である。' },
  { id: 'wars', title: 'Star Wars: Episode IV', text: 'A film of 1977.' },
];

async function first(tool: LunrSearchTool, query: string, topK = 3): Promise<SearchOutcome> {
  return (await tool.search([query], { topK, signal }))[0] as SearchOutcome;
}

describe('LunrSearchTool', () => {
  const tool = toolOver(passages);

  it.each([
    ['Who directed the film Jaws?', 'jaws'],
    ['the who', 'who'],
    ['LODZ', 'lodz'],
    ['café', 'lodz'],
    ['日本の首都', 'tokyo'],
    ['Star Wars: Episode IV', 'wars'],
    ['year: 1977', 'wars'],
    ['-film +spielberg~2 *', 'jaws'],
  ])('%s finds %s', async (query, id) => {
    const outcome = await first(tool, query);
    expect(outcome.status).toBe('ok');
    expect(outcome.hits[0]).toEqual({ ...passages.find((passage) => passage.id === id), score: expect.any(Number) });
  });

  it.each(['', '   ', '*', '~^:+-', '👍', 'unknownword'])('%j is empty, not everything', async (query) => {
    const outcome = await first(tool, query);
    expect(outcome).toMatchObject({ status: 'empty', hits: [] });
    expect(outcome.message).not.toBe('');
  });

  it('answers each query of a batch in its place and gives the others their due', async () => {
    const outcomes = await tool.search(['jaws', '', 'lodz'], { topK: 1, signal });
    expect(outcomes.map(({ status, hits }) => [status, hits[0]?.id])).toEqual([
      ['ok', 'jaws'],
      ['empty', undefined],
      ['ok', 'lodz'],
    ]);
  });

  it('brings no more hits than asked for', async () => {
    expect((await first(tool, 'film city', 1)).hits).toHaveLength(1);
    expect((await first(tool, 'film city', 10)).hits).toHaveLength(3);
  });

  it('reads the first 64 terms of a query of 100 kB in a moment', async () => {
    const long = Array.from({ length: 15_000 }, (_, index) => `word${index}`).join(' ');
    const started = performance.now();
    expect((await first(tool, `jaws ${long}`)).hits[0]?.id).toBe('jaws');
    expect((await first(tool, '語'.repeat(40_000))).status).toBe('empty');
    expect((await first(tool, 'the '.repeat(25_000))).hits[0]?.id).toBe('who');
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('prefers the passage whose title stands in the query, the longest title where several do', async () => {
    const corpus: Passage[] = [
      { id: 'noise', title: 'Falls', text: 'Timber timber timber born director film, timber falls falls falls.' },
      {
        id: 'film',
        title: 'Timber Falls (film)',
        text: 'A slow picture about a forest with a very long description of nothing at all.',
      },
      { id: 'other', title: 'Other', text: 'Born a director of a film.' },
    ];
    const query = 'Where was the director of film Timber Falls born?';
    expect((await first(toolOver(corpus), query)).hits[0]?.id).toBe('noise');
    expect((await first(toolOver(corpus, { titleMatch: 2 }), query)).hits[0]?.id).toBe('film');
  });

  it('reaches a passage that shares no word with the query over a link', async () => {
    const corpus: Passage[] = [
      { id: 'film', title: 'Timber Falls', text: 'A film by Tony Giglio.' },
      { id: 'person', title: 'Tony Giglio', text: 'Medford, Massachusetts.' },
    ];
    expect((await first(toolOver(corpus), 'timber falls')).hits.map(({ id }) => id)).toEqual(['film']);
    const linked = await first(toolOver(corpus, { links: 0.5 }), 'timber falls');
    expect(linked.hits.map(({ id }) => id)).toEqual(['film', 'person']);
    expect(linked.hits[1]?.score).toBeCloseTo((linked.hits[0]?.score as number) / 2, 2);
  });

  it('stops between queries when the signal is aborted', async () => {
    const controller = new AbortController();
    const search = tool.search(Array<string>(10_000).fill('film'), { topK: 1, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(search).rejects.toThrow('enough');
  });

  it('survives any string, keeps to topK, and orders hits by score then corpus order, every time alike', async () => {
    await fc.assert(
      fc.asyncProperty(
        generatedCorpus,
        fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), generatedQuery),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom({}, { titleMatch: 0.6 }, { titleMatch: 0.6, links: 0.5 }),
        async (corpus, query, topK, settings) => {
          const place = new Map(corpus.map(({ id }, index) => [id, index]));
          const fuzzed = toolOver(corpus, settings);
          const outcome = await first(fuzzed, query, topK);
          expect(outcome.status).toBe(outcome.hits.length > 0 ? 'ok' : 'empty');
          expect(outcome.hits.length).toBeLessThanOrEqual(topK);
          outcome.hits.slice(1).forEach((hit, index) => {
            const before = outcome.hits[index] as (typeof outcome.hits)[number];
            const inOrder =
              before.score > hit.score || (place.get(before.id) as number) < (place.get(hit.id) as number);
            expect(inOrder).toBe(true);
          });
          expect(await first(fuzzed, query, topK)).toEqual(outcome);
        },
      ),
      { numRuns: 150 },
    );
  });
});
