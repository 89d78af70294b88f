import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { corpusRows, folderWith, questionRows, serve, turnwise } from './command-line.js';
import { turnwiseHere } from './command-line-here.js';

/** A process is started, and further commands run whole in this one; on a busy machine that takes a while. */
jest.setTimeout(300_000);

const configuration = `corpus: { file: corpus.jsonl }
data: { eval: { file: questions.jsonl } }
policy: { use: scripted }
`;

describe('turnwise serve', () => {
  it('answers as a Search-R1 retriever, and ends in order', async () => {
    const folder = await folderWith({
      'run.yaml': configuration,
      'corpus.jsonl': corpusRows,
      'questions.jsonl': questionRows,
    });
    const service = await serve(folder);
    const reply = await fetch(`${service.url}/retrieve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ queries: ['Tinvek born', '???', 'Velkar'], topk: 1, return_scores: true }),
    });
    expect(reply.status).toBe(200);
    const { result } = (await reply.json()) as { result: { document: { id: string; contents: string } }[][] };
    expect(result.map((hits) => hits.map((hit) => hit.document.id))).toEqual([['p2'], [], ['p1']]);
    expect(result[0]?.[0]?.document.contents).toBe('"Tinvek"\nTinvek was born in Dormun.');
    expect((await fetch(`${service.url}/health`)).status).toBe(200);

    // The same service as the search tool of another run.
    const remote = `${configuration}search: { use: http, with: { url: ${service.url} } }\n`;
    const other = await folderWith({ 'run.yaml': remote, 'corpus.jsonl': corpusRows, 'questions.jsonl': questionRows });
    const local = await turnwiseHere(['eval', '-c', 'run.yaml', '--json'], folder);
    const overHttp = await turnwiseHere(['eval', '-c', 'run.yaml', '--json'], other);
    expect(overHttp.code).toBe(0);
    const scores = (text: string): unknown => {
      const { exactMatch, f1, goldRetrieved, turnsMean } = JSON.parse(text) as Record<string, number>;
      return { exactMatch, f1, goldRetrieved, turnsMean };
    };
    expect(scores(overHttp.stdout)).toEqual(scores(local.stdout));

    service.interrupt();
    expect(await service.ended).toBe(0);
  });

  it('refuses to listen beyond this machine without a token', async () => {
    const folder = await folderWith({
      'run.yaml': configuration,
      'corpus.jsonl': corpusRows,
      'questions.jsonl': questionRows,
    });
    const result = await turnwise(['serve', '-c', 'run.yaml', '--host', '0.0.0.0', '--port', '0'], folder);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('needs a token');
  });
});

describe('recorded searches', () => {
  it('answer the same run again without the search tool', async () => {
    const files = { 'corpus.jsonl': corpusRows, 'questions.jsonl': questionRows };
    const recording = await folderWith({
      ...files,
      'run.yaml': `${configuration}search: { layer: { record: searches.jsonl } }\n`,
    });
    const first = await turnwiseHere(['eval', '-c', 'run.yaml', '--json'], recording);
    expect(first.code).toBe(0);
    // Nobody listens there: every search comes from the record.
    const replaying = await folderWith({
      ...files,
      'run.yaml': `${configuration}search: { use: http, with: { url: 'http://127.0.0.1:9' }, layer: { replay: ${join(recording, 'searches.jsonl')} } }\n`,
    });
    const second = await turnwiseHere(['eval', '-c', 'run.yaml', '--json'], replaying);
    expect(second.code).toBe(0);
    const { failures, ...scores } = JSON.parse(second.stdout) as Record<string, unknown>;
    expect(failures).toBe(0);
    const original = JSON.parse(first.stdout) as Record<string, unknown>;
    for (const key of ['exactMatch', 'f1', 'goldRetrieved', 'turnsMean']) expect(scores[key]).toEqual(original[key]);
  });
});
