import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { corpusRows, folderWith, questionRows, serve, turnwise } from './command-line.js';

/** Each test starts several processes; on a busy machine that takes a while. */
jest.setTimeout(300_000);

/** Whether the flaky service fails on a query; the same in every run. */
const breaksOn = (query: string): boolean => (createHash('sha256').update(query).digest()[0] as number) % 4 === 0;

/** Stands in front of a service: `intercept` sees each request first and may end it with a status of its own. */
async function inFrontOf(engine: string, intercept: (body: string) => Promise<number | null>) {
  const front = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const part of request.setEncoding('utf8') as AsyncIterable<string>) body += part;
      const headers = { 'content-type': 'application/json' };
      const status = await intercept(body);
      const reply =
        status === null
          ? await fetch(`${engine}/retrieve`, { method: 'POST', headers, body }).catch(() => null)
          : new Response('{}', { status });
      if (reply === null) {
        request.socket.destroy();
        return;
      }
      response.writeHead(reply.status, headers);
      response.end(await reply.text());
    })();
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`, close: () => front.close() };
}

describe('training with a search service that fails on a quarter of the queries', () => {
  it('counts the trajectories it ended, leaves them out of every statistic, and goes on', async () => {
    const world = 'corpus: { world: wikiworld, difficulty: standard, seed: 1 }';
    const service = await serve(await folderWith({ 'run.yaml': `${world}\npolicy: { use: scripted }\n` }));
    const front = await inFrontOf(service.url, (body) => {
      const { queries } = JSON.parse(body) as { queries: string[] };
      return Promise.resolve(queries.some(breaksOn) ? 503 : null);
    });
    const folder = await folderWith({
      'run.yaml': `seed: 3
${world}
data: { train: { world: wikiworld, questions: 40 }, eval: { world: wikiworld, questions: 4 } }
policy: { use: transformer, with: { base: quickstart } }
protocol: { use: search-r1, with: { instructions: '', passage: '{text}' } }
search: { use: http, with: { url: '${front.url}' }, layer: { batchSize: 1, attempts: 1, breakerFailures: 0 } }
rollout: { questionsPerStep: 8, groupSize: 6, maxTurns: 3, maxTokensPerTurn: 40 }
strategy: grpo
training: { steps: 1, evalEvery: 0, checkpointEvery: 1 }
`,
    });
    const result = await turnwise(['train', '-c', 'run.yaml', '--run-dir', join(folder, 'run')], folder);
    front.close();
    service.interrupt();
    expect(result.stderr).not.toContain('MaxListeners');
    expect(result.code).toBe(0);
    const groups = await jsonLines<{
      trajectories: { failure?: { code: string }; turns: unknown[] }[];
      shaped: { outcome: number | null }[];
      advantages: { turns: number[][] };
    }>(join(folder, 'run/trajectories/step-000001.jsonl'));
    const members = groups.flatMap(({ trajectories, shaped, advantages }) =>
      trajectories.map(({ failure }, place) => ({
        failed: failure !== undefined,
        code: failure?.code,
        outcome: shaped[place]?.outcome,
        turns: advantages.turns[place] as number[],
      })),
    );
    const failed = members.filter((member) => member.failed);
    expect(members).toHaveLength(48);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(48);
    for (const { code, outcome, turns } of failed) {
      expect([code, outcome]).toEqual(['ROLLOUT_SEARCH', null]);
      expect(turns.every((value) => value === 0)).toBe(true);
    }
    // A group's advantages are what its other members give without the failed ones: GRPO's whitened outcomes.
    for (const { shaped, advantages } of groups) {
      const outcomes = shaped.flatMap(({ outcome }) => outcome ?? []);
      if (outcomes.length < 2) continue;
      const mean = outcomes.reduce((sum, value) => sum + value, 0) / outcomes.length;
      shaped.forEach(({ outcome }, place) => {
        const given = advantages.turns[place]?.[0] as number;
        expect(Math.sign(given)).toBe(
          outcome === null || Math.abs(outcome - mean) < 1e-9 ? 0 : Math.sign(outcome - mean),
        );
      });
    }
    const metrics = await jsonLines<Record<string, number>>(join(folder, 'run/metrics.jsonl'));
    expect(metrics.at(-1)?.['trajectories/abstained']).toBeCloseTo(failed.length / 48, 9);
    expect(metrics.at(-1)?.['update/gradient-norm']).toBeGreaterThan(0);
  });
});

async function jsonLines<Row>(file: string): Promise<Row[]> {
  return (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

describe('a service killed under an evaluation', () => {
  const corpus = { 'corpus.jsonl': corpusRows };
  const manyQuestions = Array.from({ length: 40 }, (_, place) => ({ ...questionRows[place % 2], id: `q${place}` }));
  const base = 'corpus: { file: corpus.jsonl }\ndata: { eval: { file: questions.jsonl } }\npolicy: { use: scripted }\n';

  it('ends the evaluation soon, counts every failure and says why', async () => {
    const folder = await folderWith({ ...corpus, 'questions.jsonl': manyQuestions, 'run.yaml': base });
    const service = await serve(folder);
    // After the fifth request the service dies as in a crash; connections to it are lost from then on.
    let requests = 0;
    const front = await inFrontOf(service.url, async () => {
      requests += 1;
      if (requests === 6) service.crash();
      if (requests >= 6) await service.ended;
      return null;
    });
    const layer = 'layer: { batchSize: 1, concurrency: 1, retrySeconds: 0.05, cacheEntries: 0 }';
    const remote = await folderWith({
      'questions.jsonl': manyQuestions.map((row, place) => ({ ...row, question: `${row.question} ${place}` })),
      'run.yaml': `data: { eval: { file: questions.jsonl } }\npolicy: { use: scripted }\nsearch: { use: http, with: { url: '${front.url}' }, ${layer} }\n`,
      ...corpus,
    });
    const started = performance.now();
    const first = await turnwise(['eval', '-c', 'run.yaml', '--save-groups', 'groups.jsonl', '--json'], remote);
    expect(performance.now() - started).toBeLessThan(60_000);
    expect(first.stderr).not.toContain('MaxListeners');
    const groups = await jsonLines<{ trajectories: { failure?: { code: string } }[] }>(join(remote, 'groups.jsonl'));
    const failures = groups.flatMap(({ trajectories }) => trajectories.flatMap(({ failure }) => failure?.code ?? []));
    expect(failures.length).toBeGreaterThan(0);
    expect(new Set(failures)).toEqual(new Set(['ROLLOUT_SEARCH']));

    // Dead from the start: nothing to score, and the reason is the connection's own.
    const nobody = await turnwise(
      ['eval', '-c', 'run.yaml', '--set', `search.with.url=${service.url}`, '--json'],
      remote,
    );
    front.close();
    expect([nobody.code, nobody.stdout]).toEqual([1, '']);
    expect(nobody.stderr).toContain('ROLLOUT_ALL_FAILED');
    expect(nobody.stderr).toContain('ECONNREFUSED');
  });
});
