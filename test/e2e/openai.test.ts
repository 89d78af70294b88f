import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { stubServer } from '../../plugins/policy-openai/src/testing/stub-server.js';
import { corpusRows, folderWith, questionRows, startTurnwise, turnwise } from './command-line.js';
import { turnwiseHere } from './command-line-here.js';

/** A process is started, and further commands run whole in this one; on a busy machine that takes a while. */
jest.setTimeout(300_000);

/** A model that searches for what the question names and answers with the last word it read. */
const model = ({ body }: { body: Readonly<Record<string, unknown>> }) => {
  const messages = body['messages'] as { role: string; content: string }[];
  const read = messages.at(-1)?.content ?? '';
  const found = /was (?:written by|born in) (\w+)/.exec(read)?.[1];
  const content = messages.length === 1 ? '<search> Velkar' : `<answer> ${found ?? 'nobody'}`;
  return {
    json: {
      choices: [{ finish_reason: 'stop', message: { content } }],
      usage: { prompt_tokens: 9, completion_tokens: 4 },
    },
  };
};

const files = (url: string, more = '') => ({
  'run.yaml': `corpus: { file: corpus.jsonl }
data: { train: { file: questions.jsonl }, eval: { file: questions.jsonl } }
policy: { use: openai, with: { endpoints: ["${url}"], model: stub${more} } }
rollout: { maxTurns: 3 }
`,
  'corpus.jsonl': corpusRows,
  'questions.jsonl': questionRows,
});

describe('policy openai', () => {
  it('evaluates and collects groups that can be replayed, and refuses to be trained', async () => {
    await using server = await stubServer(model);
    const folder = await folderWith(files(server.url));
    const evaluated = await turnwise(['eval', '-c', 'run.yaml', '--save-groups', 'groups.jsonl', '--json'], folder);
    expect(evaluated.code).toBe(0);
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ trajectories: 2, failures: 0, exactMatch: 0.5, turnsMean: 2 });
    const replayed = await turnwiseHere(['replay', 'groups.jsonl', '--strategy', 'tspo', '--json'], folder);
    expect(replayed.code).toBe(0);
    expect(replayed.stdout.trim().split('\n')).toHaveLength(2);
    const trained = await turnwiseHere(['train', '-c', 'run.yaml'], folder);
    expect(trained.code).toBe(2);
    expect(trained.stderr).toContain('The configured policy cannot be trained');
  });

  it('interrupted, or stopped by a reply that is none, keeps what was answered', async () => {
    let [failing, asked] = [false, 0];
    // Two questions of two turns: the third request belongs to the second question.
    await using server = await stubServer(async (request) => {
      if (++asked <= 2) return model(request);
      return failing ? { json: { choices: [] } } : new Promise<never>(() => undefined);
    });
    const folder = await folderWith(files(server.url, ', concurrency: 1'));
    const args = ['eval', '-c', 'run.yaml', '--set', 'rollout.concurrency=1', '--save-groups'];
    const evaluating = startTurnwise([...args, 'interrupted.jsonl'], folder);
    const over = { yet: false };
    void evaluating.ended.then(() => (over.yet = true));
    while (asked < 3 && !over.yet) await new Promise((resolve) => setTimeout(resolve, 20));
    evaluating.interrupt();
    expect((await evaluating.ended).code).toBe(130);
    [failing, asked] = [true, 0];
    const failed = await turnwiseHere([...args, 'failed.jsonl'], folder);
    expect(failed.stderr).toContain('CONTRACT_SAMPLE_INVALID');
    for (const name of ['interrupted.jsonl', 'failed.jsonl']) {
      const [line = '', ...more] = (await readFile(join(folder, name), 'utf8')).trim().split('\n');
      expect(JSON.parse(line)).toMatchObject({ question: { id: 'q1' }, trajectories: [{ answer: 'Tinvek' }] });
      expect(more).toEqual([]);
    }
  });

  it('stops at its budget and keeps what was answered', async () => {
    await using server = await stubServer(model);
    const folder = await folderWith(files(server.url, ', concurrency: 1, budget: { requests: 3 }'));
    const evaluated = await turnwiseHere(['eval', '-c', 'run.yaml', '--save-groups', 'groups.jsonl', '--json'], folder);
    expect(evaluated.stderr).toContain('The budget of 3 requests is spent.');
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ trajectories: 2, failures: 1 });
    expect(server.requests).toHaveLength(3);
    const groups = (await readFile(join(folder, 'groups.jsonl'), 'utf8')).trim().split('\n');
    const trajectories = groups.flatMap(
      (line) => (JSON.parse(line) as { trajectories: { turns: unknown[]; failure?: { code: string } }[] }).trajectories,
    );
    expect(trajectories.map(({ failure }) => failure?.code ?? null).sort()).toEqual(['ROLLOUT_BUDGET', null]);
    expect(trajectories.reduce((sum, { turns }) => sum + turns.length, 0)).toBe(3);
  });
});
