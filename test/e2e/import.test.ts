import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  findPostgres,
  startCluster,
  type PostgresCluster,
} from '../../plugins/search-postgres/src/postgres-cluster.fixture.js';
import { corpusRows, folderWith, questionRows, turnwise } from './command-line.js';
import { turnwiseHere } from './command-line-here.js';

/** A process is started, and further commands run whole in this one; on a busy machine that takes a while. */
jest.setTimeout(300_000);

const found = findPostgres();
const reason = 'reason' in found ? ` (skipped: ${found.reason})` : '';

const files = { 'corpus.jsonl': corpusRows, 'questions.jsonl': questionRows };
const configuration = (connectionString: string): string =>
  `corpus: { file: corpus.jsonl }
data: { eval: { file: questions.jsonl } }
policy: { use: scripted }
search: { use: postgres, with: { connectionString: '${connectionString}' } }
`;

(('reason' in found ? describe.skip : describe) as typeof describe)(`turnwise data import${reason}`, () => {
  let cluster: PostgresCluster | undefined;
  beforeAll(async () => {
    if ('programs' in found) cluster = await startCluster(found.programs);
  });
  afterAll(() => cluster?.remove());

  it('fills PostgreSQL, which then answers searches and evaluations', async () => {
    const folder = await folderWith({ ...files, 'run.yaml': configuration(cluster?.connectionString ?? '') });
    const early = await turnwiseHere(['search', '-c', 'run.yaml', 'Tinvek'], folder);
    expect(early.code).toBe(2);
    expect(early.stderr).toContain('turnwise data import --corpus FILE --into postgres');

    const imported = await turnwise(['data', 'import', '--into', 'postgres', '-c', 'run.yaml', '--json'], folder);
    expect(imported.code).toBe(0);
    expect(JSON.parse(imported.stdout)).toMatchObject({ table: 'turnwise_passages', passages: 3 });
    const again = ['data', 'import', '--corpus', 'corpus.jsonl', '--into', 'postgres', '-c', 'run.yaml'];
    expect((await turnwiseHere(again, folder)).stdout).toMatch(/^3 passages, \d+ words in turnwise_passages\n$/);

    const searched = await turnwiseHere(['search', '-c', 'run.yaml', 'Where was Tinvek born?', '--json'], folder);
    expect(JSON.parse(searched.stdout)).toMatchObject({ status: 'ok', hits: [{ id: 'p2', title: 'Tinvek' }, {}] });
    const scored = await turnwiseHere(['eval', '-c', 'run.yaml', '--json'], folder);
    expect(scored.code).toBe(0);
    expect(JSON.parse(scored.stdout)).toMatchObject({ n: 2, failures: 0, goldRetrieved: 1 });
  });
});

describe('turnwise data import without a database', () => {
  it('says what is wrong with the connection', async () => {
    const folder = await folderWith({ ...files, 'run.yaml': configuration('postgresql://nobody@127.0.0.1:9/none') });
    const refused = await turnwise(['data', 'import', '--into', 'postgres', '-c', 'run.yaml'], folder);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('could not be written into PostgreSQL');
    expect(refused.stderr).toContain('ECONNREFUSED');
    const other = await turnwiseHere(['data', 'import', '--into', 'oracle', '-c', 'run.yaml'], folder);
    expect([other.code, other.stdout]).toEqual([2, '']);
    expect(other.stderr).toContain('expected postgres');
  });
});
