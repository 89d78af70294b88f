import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { folderWith, root, serve, type Service } from './command-line.js';
import { turnwiseHere } from './command-line-here.js';

/** The service is a process of its own; on a busy machine it takes a while to start. */
jest.setTimeout(300_000);

const transcripts = join(root, 'docs/credit/examples/transcripts.jsonl');

let folder: string;
let service: Service;
beforeAll(async () => {
  folder = await folderWith({
    // No corpus: nothing but credit is asked of this service.
    'run.yaml': 'strategies: { bold: { reward: { use: folr, with: { alpha: 0.9 } }, advantage: { use: tspo } } }\n',
  });
  service = await serve(folder, '--only', 'credit');
});
afterAll(async () => {
  service.interrupt();
  expect(await service.ended).toBe(0);
});

async function post(path: string, body: string, type: string): Promise<Response> {
  return fetch(service.url + path, { method: 'POST', headers: { 'content-type': type }, body });
}

describe('turnwise serve --only credit', () => {
  it.each(['tspo', 'grpo', 'bold'])(
    'credits groups with %s as `turnwise replay` does, to the byte',
    async (strategy) => {
      const replayed = await turnwiseHere(
        ['replay', transcripts, '-c', 'run.yaml', '--strategy', strategy, '--json'],
        folder,
      );
      expect(replayed.stderr).toBe('');
      const bare = replayed.stdout
        .trim()
        .split('\n')
        .map((line) => {
          const { question, trajectories } = JSON.parse(line) as Record<string, unknown>;
          return JSON.stringify({ question, trajectories });
        });
      const reply = await post(`/v1/advantages?strategy=${strategy}`, bare.join('\n'), 'application/x-ndjson');
      expect(reply.status).toBe(200);
      expect(await reply.text()).toBe(replayed.stdout);
    },
  );

  it('has no retrieval, and names an unknown strategy', async () => {
    expect((await post('/retrieve', '{"queries": ["x"]}', 'application/json')).status).toBe(404);
    const reply = await post(
      '/v1/advantages?strategy=tsop',
      '{"rows": [{"group": "a", "turns": [1]}]}',
      'application/json',
    );
    expect(reply.status).toBe(400);
    expect(await reply.json()).toHaveProperty('error.message', expect.stringContaining('Did you mean "tspo"?'));
  });

  it('scores a real transcript for OpenRLHF', async () => {
    const [first = ''] = (await readFile(transcripts, 'utf8')).split('\n');
    const row = JSON.parse(first) as { question: string; golden_answers: string[]; responses: string[] };
    const prompt = `Question: ${row.question}\n`;
    const body = {
      query: row.responses.map((response) => prompt + response),
      prompts: row.responses.map(() => prompt),
      labels: row.responses.map(() => JSON.stringify(row.golden_answers)),
    };
    const reply = await post('/v1/openrlhf', JSON.stringify(body), 'application/json');
    const scored = (await reply.json()) as { rewards: number[]; extra_logs: { first_occurrence: number[] } };
    const replayed = await turnwiseHere(['replay', transcripts, '--json'], folder);
    const [group] = replayed.stdout.split('\n');
    const { shaped } = JSON.parse(group ?? '') as { shaped: { outcome: number; firstOccurrence: number | null }[] };
    expect(scored.rewards).toEqual(shaped.map(({ outcome }) => outcome));
    expect(scored.extra_logs.first_occurrence).toEqual(shaped.map(({ firstOccurrence }) => firstOccurrence ?? -1));
  });
});
