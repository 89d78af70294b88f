import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createSearchLayer, readCorpus, readQuestions, type Passage, type SearchOutcome } from '@turnwise/core';
import { importPassages } from './import-passages.js';
import plugin, { postgresOptions, PostgresSearchTool, type PostgresOptions } from './index.js';
import { findPostgres, startCluster, type PostgresCluster } from './postgres-cluster.fixture.js';

const found = findPostgres();
const reason = 'reason' in found ? ` (skipped: ${found.reason})` : '';
const signal = new AbortController().signal;

const passages: Passage[] = [
  { id: 'jaws', title: 'Jaws (film)', text: "Jaws is a film directed by Steven Spielberg. It's about a shark." },
  { id: 'lodz', title: 'Łódź', text: 'Łódź is a city in Poland with many cafés.' },
  { id: 'who', title: 'The Who', text: 'An English rock band, and a film.' },
  { id: "o'neil\\", title: `"quoted" 'title'`, text: 'NUL \0 and a backslash \\ and $1.' },
];

(('reason' in found ? describe.skip : describe) as typeof describe)(`search in PostgreSQL${reason}`, () => {
  let cluster: PostgresCluster | undefined;
  const tools: PostgresSearchTool[] = [];
  const running = (): PostgresCluster => {
    if (cluster === undefined) throw new Error('the cluster did not start');
    return cluster;
  };

  const optionsFor = (changes: Partial<PostgresOptions> = {}): PostgresOptions =>
    postgresOptions.parse({ connectionString: running().connectionString, ...changes });
  const open = (changes: Partial<PostgresOptions> = {}): PostgresSearchTool => {
    const tool = new PostgresSearchTool(optionsFor(changes));
    tools.push(tool);
    return tool;
  };
  const ask = async (tool: PostgresSearchTool, query: string, topK = 3): Promise<SearchOutcome> =>
    (await tool.search([query], { topK, signal }))[0] as SearchOutcome;

  beforeAll(async () => {
    if ('programs' in found) cluster = await startCluster(found.programs);
    expect(await importPassages(optionsFor(), passages)).toMatchObject({ passages: 4 });
  });

  afterAll(async () => {
    await Promise.all(tools.map((tool) => tool[Symbol.asyncDispose]().catch(() => undefined)));
    await cluster?.remove();
  });

  it.each([
    ['Who directed the film Jaws?', 'jaws'],
    ['cafe', 'lodz'],
    ['quoted title', "o'neil\\"],
    ["shark's & | ! :* <-> (", 'jaws'],
  ])('%s finds %s', async (query, id) => {
    const { status, hits } = await ask(open(), query);
    expect([status, hits[0]?.id]).toEqual(['ok', id]);
    expect(hits[0]).toMatchObject({ title: expect.any(String), text: expect.any(String), score: expect.any(Number) });
  });

  it('gives back what was imported, but for the NUL that cannot be stored', async () => {
    const { hits } = await ask(open(), 'backslash');
    expect(hits[0]).toMatchObject({ ...passages[3], text: 'NUL  and a backslash \\ and $1.' });
  });

  it.each(['', ' ', 'the of', '👍', "'", 'zzzunknown'])('%j is empty', async (query) => {
    expect(await ask(open(), query)).toMatchObject({ status: 'empty', hits: [] });
  });

  it('answers a batch in order, best first, no more than topK', async () => {
    const outcomes = await open().search(['film', '', 'poland'], { topK: 1, signal });
    expect(outcomes.map(({ status, hits }) => [status, hits.length])).toEqual([
      ['ok', 1],
      ['empty', 0],
      ['ok', 1],
    ]);
    const { hits } = await ask(open(), 'film band', 10);
    expect(hits.map(({ id }) => id)).toEqual(['who', 'jaws']);
    expect(hits[0]?.score as number).toBeGreaterThan(hits[1]?.score as number);
  });

  it('takes any query', async () => {
    const tool = open();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (query) => {
        expect(['ok', 'empty']).toContain((await ask(tool, query)).status);
      }),
      { numRuns: 200 },
    );
    expect((await ask(tool, `jaws ${'word '.repeat(20_000)}`)).status).toBe('ok');
  });

  it('replaces a table whole or not at all', async () => {
    const table = 'turnwise_replaced';
    await importPassages(optionsFor({ table }), passages.slice(0, 2));
    const broken = async function* (): AsyncGenerator<Passage> {
      yield passages[2] as Passage;
      await Promise.resolve();
      throw new Error('the file is broken');
    };
    await expect(importPassages(optionsFor({ table }), broken())).rejects.toThrow('the file is broken');
    const twice = [passages[0], passages[0]] as Passage[];
    await expect(importPassages(optionsFor({ table }), twice)).rejects.toThrow(/duplicate|unique/);
    expect((await ask(open({ table }), 'jaws')).status).toBe('ok');
    await importPassages(optionsFor({ table }), passages.slice(1, 2));
    expect((await ask(open({ table }), 'jaws')).status).toBe('empty');
  });

  it('says when the table is missing or of another language', async () => {
    await expect(open({ table: 'nowhere' }).init()).rejects.toMatchObject({ code: 'DATA_NOT_FOUND' });
    await expect(open({ language: 'simple' }).init()).rejects.toMatchObject({ code: 'DATA_INVALID' });
    await importPassages(optionsFor({ table: 'turnwise_simple', language: 'simple' }), passages);
    expect((await ask(open({ table: 'turnwise_simple', language: 'simple' }), 'the')).hits.length).toBeGreaterThan(0);
  });

  it('makes a slow statement a timeout of its own query', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({
      id: `m${index}`,
      title: '',
      text: 'common words '.repeat(100),
    }));
    await importPassages(optionsFor({ table: 'turnwise_slow' }), many);
    const tool = open({ table: 'turnwise_slow', statementTimeoutSeconds: 0.001 });
    // Counting comes first, under the same limit: it is quick enough to succeed after some tries.
    for (let tries = 0; tries < 50; tries++)
      if (
        await tool.init().then(
          () => true,
          () => false,
        )
      )
        break;
    expect(await ask(tool, 'common words')).toMatchObject({ status: 'timeout', hits: [] });
  });

  it('gives up at once when aborted', async () => {
    const controller = new AbortController();
    const search = open().search(['film', 'city'], { topK: 3, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(search).rejects.toThrow('enough');
  });

  it('survives a restart of the server: an error while it is away, answers again afterwards', async () => {
    const tool = open();
    const layer = await createSearchLayer(tool, { retrySeconds: 0.01, attempts: 2, cacheEntries: 0 });
    expect((await layer.search(['film'], { topK: 3, signal }))[0]?.status).toBe('ok');
    await running().stop('fast');
    expect((await layer.search(['film'], { topK: 3, signal }))[0]).toMatchObject({ status: 'error', hits: [] });
    await running().start();
    expect((await layer.search(['film'], { topK: 3, signal }))[0]?.status).toBe('ok');
    expect(layer.counters().retries).toBeGreaterThan(0);
  });

  const data = process.env['TURNWISE_DATA'] ?? '../shared/data';
  const present = existsSync(join(data, 'corpus.jsonl'));
  (present ? it : it.skip)(
    `finds more than half of the gold passages${present ? '' : ' (skipped: set TURNWISE_DATA)'}`,
    async () => {
      const corpus = await readCorpus(join(data, 'corpus.jsonl'));
      await importPassages(optionsFor({ table: 'turnwise_real' }), corpus);
      const questions = await readQuestions(join(data, 'hotpotqa.jsonl'), { limit: 100 });
      const outcomes = await open({ table: 'turnwise_real' }).search(
        questions.map(({ text }) => text),
        { topK: 3, signal },
      );
      const recalls = questions.map(({ supportingIds = [] }, place) => {
        const ids = new Set(outcomes[place]?.hits.map(({ id }) => id));
        return supportingIds.filter((id) => ids.has(id)).length / supportingIds.length;
      });
      expect(recalls.reduce((sum, recall) => sum + recall) / recalls.length).toBeGreaterThan(0.5);
    },
  );
});

describe('options', () => {
  it('have defaults and take no table name that is not one', () => {
    expect(postgresOptions.parse({})).toEqual({
      connectionVariable: 'DATABASE_URL',
      table: 'turnwise_passages',
      language: 'english',
      poolSize: 8,
      statementTimeoutSeconds: 10,
      maxCandidates: 20_000,
    });
    for (const table of ['a; drop table b', 'A', '"a"', 'a.b.c', '']) {
      expect(postgresOptions.safeParse({ table }).success).toBe(false);
    }
  });

  it('want a connection string', () => {
    const options = postgresOptions.parse({ connectionVariable: 'TURNWISE_TEST_NO_SUCH_DATABASE' });
    expect(() => plugin.create({} as never, options)).toThrow(/no connection string/);
  });
});
