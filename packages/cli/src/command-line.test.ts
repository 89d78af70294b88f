import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReportData } from '@turnwise/server';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runCommandLine } from './command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-cli-'));
const at = (name: string): string => join(folder, name);

/** A policy in one file, as a user would write it: one token a character, right or wrong by the seed. */
const policySource = `
import { readFileSync, writeFileSync } from 'node:fs';
import { definePolicy } from '@turnwise/core';
import { z } from 'zod';

const tokenizer = {
  encode: (text: string) => [...text].map((character) => character.codePointAt(0) as number),
  decode: (tokens: readonly number[]) => String.fromCodePoint(...tokens),
};

export default definePolicy({
  id: 'dice',
  version: '1.0.0',
  options: z.strictObject({ failAt: z.number().default(1e9), pause: z.number().default(0) }),
  provides: ['policy.trainable', 'policy.tokenizer', 'trajectory.logprobs'],
  create(context, { failAt, pause }) {
    let updates = 0;
    return {
      capabilities: { trainable: true, objectives: ['ppo-clip'], logprobs: true, maxContext: null },
      tokenizer,
      async sample({ turn, seed }) {
        if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
        const text = turn === 0 ? '<search> sky </search>' : '<answer> ' + (seed % 2 ? 'blue' : 'red') + ' </answer>';
        const tokenIds = tokenizer.encode(text);
        return { text, tokenIds, logprobs: tokenIds.map(() => -1), finish: 'stop' };
      },
      async forwardBackward(batch) {
        context.metrics.record('sequences', batch.sequences.length);
        return { loss: updates + 1 >= failAt ? NaN : 0.5, kl: 0, clipFraction: 0, entropy: 1, tokens: 1 };
      },
      async optimStep() {
        updates += 1;
        return { gradientNorm: updates };
      },
      async save(place: string) {
        writeFileSync(place + '/dice.json', JSON.stringify({ updates }));
      },
      async load(place: string) {
        updates = JSON.parse(readFileSync(place + '/dice.json', 'utf8')).updates;
      },
    };
  },
});
`;

const config = `
seed: 3
data: { train: { file: q.jsonl }, eval: { file: q.jsonl } }
corpus: { file: corpus.jsonl }
policy: { use: ./dice.ts }
search: { use: lunr, with: { topK: 2 } }
strategy: tspo
rollout: { questionsPerStep: 2, groupSize: 4, maxTurns: 2 }
training: { steps: 3, evalEvery: 0, checkpointEvery: 2 }
evaluation: { temperature: 1 }
`;

beforeAll(() => {
  writeFileSync(at('dice.ts'), policySource);
  writeFileSync(at('run.yaml'), config);
  writeFileSync(
    at('corpus.jsonl'),
    '{"id":"p1","title":"Sky","text":"The sky is blue."}\n{"id":"p2","title":"Sea","text":"Wet."}\n',
  );
  const question = (id: number): string => `{"id":"q${id}","text":"What colour is the sky?","answers":["blue"]}\n`;
  writeFileSync(at('q.jsonl'), [1, 2, 3, 4].map(question).join(''));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs a command in this process. `interrupt` is called with each piece of error output and may interrupt. */
async function turnwise(words: string[], interrupt: (text: string) => boolean = () => false): Promise<Outcome> {
  let out = '';
  let error = '';
  const listeners = new Set<() => void>();
  const code = await runCommandLine(words, {
    writeOut: (text) => {
      out += text;
      return Promise.resolve();
    },
    error: {
      write: (text) => {
        error += text;
        if (interrupt(text)) for (const listener of [...listeners]) listener();
      },
    },
    currentFolder: folder,
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (exitCode) => {
      throw new Error(`exit ${exitCode}`);
    },
  });
  return { code, out, error };
}

const lines = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const metricsOf = (run: string): Record<string, unknown>[] =>
  lines(readFileSync(at(`${run}/metrics.jsonl`), 'utf8')).map(
    ({ 'rollout/seconds': _rollout, 'update/seconds': _update, ...rest }) => rest,
  );

const reportOf = (run: string): ReportData => {
  const page = readFileSync(at(`${run}/report.html`), 'utf8');
  return JSON.parse(/ id="turnwise-report">(.*)<\/script>/.exec(page)?.[1] ?? '') as ReportData;
};

describe('train', () => {
  it('trains, records, and prints one JSON object', async () => {
    const { code, out, error } = await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'one', '--json']);
    expect([code, error]).toEqual([0, expect.stringContaining('step 3/3')]);
    expect(lines(out)).toMatchObject([{ runFolder: at('one'), strategy: 'tspo', seed: 3, steps: 3, failures: 0 }]);
    expect(
      readdirSync(at('one'))
        .filter((name) => !name.startsWith('events.out.tfevents.'))
        .sort(),
    ).toEqual(['checkpoints', 'evaluations', 'manifest.json', 'metrics.jsonl', 'report.html', 'trajectories']);
    expect(readdirSync(at('one/checkpoints'))).toEqual(['step-000002', 'step-000003']);
    expect(metricsOf('one').map((metrics) => [metrics['step'], metrics['plugin/dice/sequences']])).toEqual([
      [0, undefined],
      [1, 8],
      [2, 8],
      [3, 8],
    ]);
    const manifest = JSON.parse(readFileSync(at('one/manifest.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      strategy: 'tspo',
      seed: 3,
      data: { corpus: { count: 2 }, train: { count: 4 } },
      versions: { node: process.version },
    });
    expect(manifest['plugins']).toContainEqual(
      expect.objectContaining({
        kind: 'policy',
        id: 'dice',
        source: at('dice.ts'),
        integrity: expect.stringMatching(/^sha256-/),
      }),
    );
  });

  it('leaves a report with the metrics of the run, its groups, and what each strategy would have given them', async () => {
    const { run, metrics, steps, credit, strategies, holdings } = reportOf('one');
    expect(run).toMatchObject({ name: 'one', status: 'finished', step: 3, strategy: 'tspo' });
    expect(metrics.columns['step']).toEqual([0, 1, 2, 3]);
    expect(metrics.columns['plugin/dice/sequences']).toEqual([null, 8, 8, 8]);
    expect(holdings).toMatchObject({ steps: { held: 3, recorded: 3 }, groups: { held: 6, read: 6 } });
    expect(strategies).toEqual(expect.arrayContaining(['tspo', 'grpo', 'outcome-only']));
    expect(credit).toHaveLength(6 * strategies.length);
    for (const { page, lines: held } of steps) {
      for (const [place, { index }] of page.groups.entries()) {
        const again = credit.find(
          (each) => each.step === page.step && each.index === index && each.strategy === 'tspo',
        );
        expect(again?.given).toMatchObject({ advantages: { turns: held[place]?.advantages.turns } });
      }
    }
    writeFileSync(at('one/report.html'), '');
    const written = await turnwise(['report', 'one', '--json']);
    expect([written.code, lines(written.out)]).toEqual([0, [{ file: at('one/report.html') }]]);
    expect(reportOf('one').metrics).toEqual(metrics);
    expect(await turnwise(['report', 'nowhere'])).toMatchObject({ code: 2, out: '' });
  });

  it('gives the same metrics for the same configuration and seed', async () => {
    await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'two']);
    expect(metricsOf('two')).toEqual(metricsOf('one'));
  });

  it('refuses a folder that holds a run, and goes on with --resume', async () => {
    const refused = await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'one', '--json']);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.error).toContain('RUN_EXISTS');
    const finished = await turnwise(['train', '--resume', '--run-dir', 'one']);
    expect(finished.error).toContain('has done all of its 3 steps');
    const other = await turnwise([
      'train',
      '-c',
      'run.yaml',
      '--resume',
      '--run-dir',
      'one',
      '--set',
      'rollout.groupSize=2',
    ]);
    expect(other).toMatchObject({ code: 2 });
    expect(other.error).toContain('--set rollout.groupSize=2');
    expect(other.error).toContain('rollout.groupSize is 2, was 4');
    const longer = await turnwise(['train', '--resume', '--run-dir', 'one', '--set', 'training.steps=5', '--json']);
    expect(longer.code).toBe(0);
    expect(metricsOf('one').map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(metricsOf('one')[5]).toMatchObject({ 'update/gradient-norm': 5 });
  });

  it('ends between two steps when interrupted, with state saved, and comes to the same end when continued', async () => {
    await turnwise(['train', '-c', 'run.yaml', '--run-dir', 'whole', '--set', 'training.checkpointEvery=0']);
    let seen = 0;
    const words = ['train', '-c', 'run.yaml', '--run-dir', 'cut', '--set', 'training.checkpointEvery=0'];
    const cut = await turnwise(
      [...words, '--set', 'policy.with.pause=1'],
      (text) => text.includes('exact match') && seen++ === 0,
    );
    expect(cut.code).toBe(130);
    expect(cut.error).toContain('stopped after step 1, saved; go on: turnwise train --resume --run-dir');
    expect(existsSync(at('cut/run.lock'))).toBe(false);
    // Its lock was still held when the report was written.
    expect(reportOf('cut').run).toMatchObject({ name: 'cut', status: 'stopped', step: 1, steps: 3 });
    const rest = await turnwise(['train', '--resume', '--run-dir', 'cut', '--json']);
    expect(rest.code).toBe(0);
    expect(metricsOf('cut')).toEqual(metricsOf('whole'));
  });

  it('stops before weights move when the loss is not finite, and leaves what was recorded', async () => {
    const words = ['train', '-c', 'run.yaml', '--run-dir', 'nan', '--set', 'policy.with.failAt=2', '--json'];
    const { code, out, error } = await turnwise(words);
    expect([code, out]).toEqual([1, '']);
    expect(error).toContain('RUN_NOT_FINITE');
    expect(metricsOf('nan').map(({ step }) => step)).toEqual([0, 1]);
  });

  it('leaves no folder behind when nothing was measured', async () => {
    const { code, error } = await turnwise([
      'train',
      '-c',
      'run.yaml',
      '--run-dir',
      'none',
      '--set',
      'policy.use=scripted',
    ]);
    expect([code, error]).toEqual([2, expect.stringContaining('RUN_NOT_TRAINABLE')]);
    expect(existsSync(at('none'))).toBe(false);
  });
});

describe('eval, replay and search', () => {
  it('evaluates a checkpoint and records groups that can be replayed with any strategy', async () => {
    const words = [
      'eval',
      '-c',
      'run.yaml',
      '--checkpoint',
      'two/checkpoints/step-000003',
      '--save-groups',
      'g.jsonl',
      '--report',
      'report.json',
      '--json',
    ];
    const evaluated = await turnwise(words);
    expect(evaluated.code).toBe(0);
    expect(lines(evaluated.out)).toMatchObject([{ n: 4, goldRetrieved: 1, turnsMean: 2, unanswered: 0, failures: 0 }]);
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/) as unknown;
    const report = JSON.parse(readFileSync(at('report.json'), 'utf8')) as Record<string, unknown>;
    expect(report).toMatchObject(lines(evaluated.out)[0] as object);
    expect(report).toMatchObject({
      version: 1,
      intervals: { confidence: 0.95, overall: { goldRetrieved: { low: 1, high: 1 } } },
      conditions: {
        corpus: { count: 2, sha256: hash },
        questions: { count: 4, sha256: hash },
        retriever: { id: 'lunr', source: '@turnwise/search-lunr', options: { topK: 2 }, layer: expect.anything() },
        k: 2,
        prompt: { id: 'search-r1', sha256: hash, text: expect.stringContaining('Question: {question}?') },
        metricVersion: 'hotpot-em-f1-cover/2',
        policy: { checkpoint: { folder: at('two/checkpoints/step-000003'), sha256: hash } },
        seed: 3,
        decoding: { temperature: 1, groupSize: 1, maxTurns: 2 },
      },
    });
    expect(report['scores']).toHaveLength(4);
    const text = await turnwise(['eval', '-c', 'run.yaml', '--set', 'protocol.with.instructions=Ask']);
    expect(text.out).toMatch(/gold retrieved +100\.0% {2}\[100\.0, 100\.0\]/);
    expect(text.out).toMatch(/prompt +search-r1 0\.1\.0 sha256 [0-9a-f]{12}\n/);
    const { prompt } = report['conditions'] as { prompt: { sha256: string } };
    expect(text.out).not.toContain(prompt.sha256.slice(0, 12));
    for (const strategy of ['tspo', 'tspo-literal', 'tspo-careful', 'tspo-dense', 'grpo', 'outcome-only']) {
      const replayed = await turnwise(['replay', 'g.jsonl', '--strategy', strategy, '--json']);
      expect(replayed).toMatchObject({ code: 0, error: '' });
      const groups = lines(replayed.out);
      expect(groups).toHaveLength(4);
      expect(groups[0]).toMatchObject({ question: { id: 'q1' }, shaped: [{ correct: expect.any(Boolean) }] });
      expect(groups[0]).toHaveProperty('advantages.turns');
    }
  });

  it('changes a part of a strategy', async () => {
    const shapedWith = async (...more: string[]): Promise<string> =>
      JSON.stringify(
        lines(
          (await turnwise(['replay', 'one/trajectories/step-000001.jsonl', '--strategy', 'tspo', '--json', ...more]))
            .out,
        ).map(({ shaped }) => shaped),
      );
    expect(await shapedWith('--set', 'reward.with.alpha=0.25')).toBe((await shapedWith()).replaceAll('0.5', '0.25'));
  });

  it('prints nothing of a replay when any line is malformed', async () => {
    writeFileSync(
      at('bad.jsonl'),
      `${readFileSync(at('g.jsonl'), 'utf8').split('\n')[0]}\n{"question":{"id":"q","text":"?","answers":["a"]}}\n`,
    );
    const { code, out, error } = await turnwise(['replay', 'bad.jsonl', '--strategy', 'grpo', '--json']);
    expect([code, out]).toEqual([2, '']);
    expect(error).toMatch(/DATA_INVALID: .*bad\.jsonl:2: trajectories/);
  });

  it('searches', async () => {
    const { code, out } = await turnwise(['search', '-c', 'run.yaml', 'blue sky', '--top-k', '1', '--json']);
    expect(code).toBe(0);
    expect(lines(out)).toMatchObject([
      { query: 'blue sky', topK: 1, status: 'ok', hits: [{ id: 'p1', title: 'Sky' }] },
    ]);
    expect((await turnwise(['search', '-c', 'run.yaml', 'zzz'])).out).toBe('nothing found\n');
  });
});

describe('config, plugins and data', () => {
  it('checks, prints and describes configurations', async () => {
    const check = await turnwise(['config', 'check', '-c', 'run.yaml', '--json']);
    expect(lines(check.out)).toMatchObject([{ ok: true, strategy: 'tspo' }]);
    const blind = ['-c', 'run.yaml', '--set', 'training.watchdog.kl={ above: 0.1 }'];
    expect(lines((await turnwise(['config', 'check', ...blind, '--json'])).out)).toMatchObject([
      { ok: true, warnings: [expect.stringContaining('training.watchdog.kl watches update/kl')] },
    ]);
    expect((await turnwise(['config', 'check', ...blind])).out).toContain('\nwarning: --set training.watchdog.kl');
    const printed = await turnwise(['config', 'print', '-c', 'run.yaml', '--set', 'strategy=grpo']);
    expect(printed.out).toMatch(/^# strategy: grpo\nseed: 3\n/);
    writeFileSync(at('printed.yaml'), printed.out);
    expect((await turnwise(['config', 'print', '-c', 'printed.yaml'])).out.split('\n').slice(1)).toEqual(
      printed.out.split('\n').slice(1),
    );
    expect(JSON.parse((await turnwise(['config', 'schema'])).out)).toHaveProperty('properties.rollout');
  });

  it('quotes what a file holds without its control characters', async () => {
    writeFileSync(at('escapes.yaml'), '"\\e[2J\\e]0;title\\a": 1\n');
    const { code, error } = await turnwise(['config', 'check', '-c', 'escapes.yaml']);
    expect(code).toBe(2);
    expect(error).toContain('escapes.yaml:1:1: \\u001b[2J\\u001b]0;title\\u0007 is not a key here.');
  });

  it('lists plugins', async () => {
    const { plugins } = lines((await turnwise(['plugins', 'list', '--json'])).out)[0] as { plugins: object[] };
    expect(plugins).toContainEqual(
      expect.objectContaining({ kind: 'reward', id: 'folr', source: '@turnwise/reward-folr' }),
    );
    expect(plugins).toContainEqual(expect.objectContaining({ kind: 'protocol', id: 'search-r1' }));
  });

  it('writes a generated world', async () => {
    const words = ['data', 'generate', '--out', 'world', '--train-questions', '6', '--eval-questions', '3', '--json'];
    const { code, out } = await turnwise(words);
    expect(code).toBe(0);
    expect(lines(out)).toMatchObject([{ trainQuestions: 6, evalQuestions: 3, folder: at('world') }]);
    expect(lines(readFileSync(at('world/questions.train.jsonl'), 'utf8'))).toHaveLength(6);
  });
});

describe('wrong usage', () => {
  it.each<[string[], string]>([
    [['trian'], "unknown command 'trian'. Did you mean train?"],
    [['eval', '--jsn'], "unknown option '--jsn'. Did you mean --json?"],
    [['search', '-c', 'run.yaml'], "missing required argument 'query'"],
    [['search', '-c', 'run.yaml', 'a', 'b'], 'too many arguments'],
    [['search', '-c', 'run.yaml', 'a', '--top-k', 'x'], 'Expected a whole number of at least 1.'],
    [['train', '--resume'], '--resume needs to know which run'],
    [['train', '-c', 'no.yaml'], 'CONFIG_NOT_FOUND'],
    [['eval', '-c', 'run.yaml', '--set', 'rollout'], 'expected path.to.key=value'],
    [['eval', '-c', 'run.yaml', '--set', 'strategy=none'], 'strategy names no strategy: got "none"'],
    [['eval', '-c', 'run.yaml', '--checkpoint', 'nowhere'], 'RUN_NOT_FOUND'],
    [['eval', '-c', 'run.yaml', '--set', 'search.use=lunar'], 'Did you mean "lunr"?'],
    [
      ['config', 'check', '-c', 'run.yaml', '--set', 'corpus.file=none.jsonl'],
      'DATA_NOT_FOUND: --set corpus.file=none.jsonl',
    ],
    [
      ['config', 'check', '-c', 'run.yaml', '--set', 'reward.with.alpah=1'],
      'reward.with.alpah is not a key here. Did you mean "alpha"?',
    ],
    [['replay', 'none.jsonl', '--strategy', 'grpo'], 'DATA_NOT_FOUND'],
    [['data', 'generate', '--out', 'x', '--difficulty', 'hrd'], 'expected standard or hard'],
    [['data', 'generate', 'wikworld', '--out', 'x'], 'Did you mean "wikiworld"?'],
  ])('%j', async (words, message) => {
    const { code, out, error } = await turnwise(words);
    expect([code, out]).toEqual([2, '']);
    expect(error).toContain(message);
    expect(error.match(/^error /gm)).toHaveLength(1);
  });

  it('shows help: asked for, on stdout and 0; instead of a command, on stderr and 2', async () => {
    expect(await turnwise(['train', '--help'])).toMatchObject({
      code: 0,
      error: '',
      out: expect.stringContaining('--run-dir'),
    });
    expect(await turnwise([])).toMatchObject({ code: 2, out: '', error: expect.stringContaining('Usage: turnwise') });
    expect(await turnwise(['config'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('the process', () => {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));

  function start(words: string[]) {
    const child = spawn(process.execPath, ['--conditions=turnwise-source', '--import', tsx, main, ...words], {
      cwd: folder,
    });
    const result = { out: '', error: '' };
    child.stdout.on('data', (data) => (result.out += String(data)));
    const ended = new Promise<Outcome>((resolve) =>
      child.on('close', (code) => resolve({ code: code ?? -1, ...result })),
    );
    return { child, result, ended };
  }

  it('keeps stdout for the result and ends with the right code', async () => {
    const done = await start(['eval', '-c', 'run.yaml', '--json']).ended;
    expect(done.code).toBe(0);
    expect(lines(done.out)).toHaveLength(1);
    expect(await start(['eval', '-c', 'run.yaml', '--set', 'sed=1', '--json']).ended).toMatchObject({
      code: 2,
      out: '',
    });
  });

  it('answers an interrupt with 130', async () => {
    const words = [
      'train',
      '-c',
      'run.yaml',
      '--run-dir',
      'killed',
      '--set',
      'policy.with.pause=30',
      '--set',
      'training.steps=1000',
    ];
    const { child, ended } = start(words);
    let error = '';
    child.stderr.on('data', (data) => {
      error += String(data);
      if (String(data).includes('before training | exact')) child.kill('SIGINT');
    });
    expect([(await ended).code, error]).toEqual([130, expect.stringContaining('stopped after step 1, saved')]);
    expect(existsSync(at('killed/checkpoints/step-000001/trainer.json'))).toBe(true);
  });
});
