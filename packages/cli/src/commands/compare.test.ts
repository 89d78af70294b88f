import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunComparison } from '@turnwise/core';
import { characterTokenizer } from '../character-tokenizer.fixture.js';
import { runCommandLine } from '../command-line.js';
import { runInProcess, type Outcome } from '../in-process.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-compare-runs-'));
const at = (name: string): string => join(folder, name);
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const program = [process.execPath, '--conditions=turnwise-source', '--import', tsx, main];

/** A policy that is right more often with every update; it fails, and waits after its first update, where it is told to. */
const policySource = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { definePolicy } from '@turnwise/core';
import { z } from 'zod';
${characterTokenizer}
export default definePolicy({
  id: 'learner',
  version: '1.0.0',
  options: z.strictObject({ pause: z.number().default(0) }),
  provides: ['policy.trainable', 'policy.tokenizer', 'trajectory.logprobs'],
  create(context, { pause }) {
    let skill = 0;
    return {
      capabilities: { trainable: true, objectives: ['ppo-clip'], logprobs: true, maxContext: null },
      tokenizer,
      async sample({ turn, seed }) {
        if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
        while (skill > 0 && existsSync('wait')) await new Promise((resolve) => setTimeout(resolve, 10));
        const right = (seed % 1000) / 1000 < 0.2 + 0.1 * skill;
        const text = turn === 0 ? '<search> sky </search>' : '<answer> ' + (right ? 'blue' : 'red') + ' </answer>';
        const tokenIds = tokenizer.encode(text);
        return { text, tokenIds, logprobs: tokenIds.map(() => -1), finish: 'stop' };
      },
      async forwardBackward(batch) {
        if (existsSync('fail')) throw new Error('told to fail');
        return { loss: 0.5, kl: 0, clipFraction: 0, entropy: 1, tokens: 1 };
      },
      async optimStep() {
        skill += 1;
        return { gradientNorm: skill };
      },
      async save(place: string) {
        writeFileSync(place + '/skill.json', JSON.stringify({ skill }));
      },
      async load(place: string) {
        skill = JSON.parse(readFileSync(place + '/skill.json', 'utf8')).skill;
      },
    };
  },
});
`;

const config = `
seed: 3
data: { train: { file: q.jsonl }, eval: { file: q.jsonl } }
corpus: { file: corpus.jsonl }
policy: { use: ./learner.ts }
search: { use: lunr, with: { topK: 2 } }
strategies:
  mine:
    reward: { use: folr, with: { alpha: 0.25 } }
    advantage: { use: outcome }
rollout: { questionsPerStep: 2, groupSize: 4, maxTurns: 2 }
training: { steps: 4, evalEvery: 2, checkpointEvery: 1 }
evaluation: { temperature: 1, groupSize: 2 }
`;

beforeAll(() => {
  writeFileSync(at('learner.ts'), policySource);
  writeFileSync(at('run.yaml'), config);
  writeFileSync(at('corpus.jsonl'), '{"id":"p1","title":"Sky","text":"The sky is blue."}\n');
  const question = (id: number): string =>
    `{"id":"q${id}","text":"What colour is the sky?","answers":["blue"],"supportingIds":["p1"]}\n`;
  writeFileSync(at('q.jsonl'), Array.from({ length: 12 }, (_, id) => question(id)).join(''));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compare = (...words: string[]): Promise<Outcome> =>
  runInProcess(['compare', '-c', 'run.yaml', ...words], { folder, program });

const read = (run: string): RunComparison => JSON.parse(readFileSync(at(`${run}/compare.json`), 'utf8')) as never;

/** What a comparison found, without what differs from one making to the next. */
function found({ runs, summaries, pairs }: RunComparison): unknown {
  return {
    runs: runs.map(({ folder: _folder, ...run }) => run),
    summaries: summaries.map(({ effort, ...summary }) => ({ ...summary, tokens: effort.policyTokens })),
    pairs,
  };
}

describe('compare', () => {
  it('trains each strategy on each seed, prints one JSON object, and does nothing twice', async () => {
    const words = ['--strategies', 'grpo,mine', '--seeds', '2', '--run-dir', 'whole', '--json'];
    const { code, out, error } = await compare(...words);
    expect([code, error]).toEqual([0, expect.stringContaining('4 runs, 0 finished before')]);
    expect(error.match(/step 4\/4/g)).toHaveLength(4);
    expect(out.trim().split('\n')).toHaveLength(1);
    const comparison = read('whole');
    expect(JSON.parse(out)).toEqual({ folder: at('whole'), ...JSON.parse(JSON.stringify(comparison)) });
    expect(comparison).toMatchObject({
      complete: true,
      strategies: ['grpo', 'mine'],
      seeds: [3, 4],
      budget: { steps: 4, questionsPerStep: 2, groupSize: 4 },
      heldOutQuestions: 12,
      missing: [],
    });
    expect(comparison.runs.map(({ strategy, seed, curve }) => [strategy, seed, curve.map(({ step }) => step)])).toEqual(
      [
        ['grpo', 3, [0, 2, 4]],
        ['mine', 3, [0, 2, 4]],
        ['grpo', 4, [0, 2, 4]],
        ['mine', 4, [0, 2, 4]],
      ],
    );
    expect(comparison.summaries[1]).toMatchObject({ reward: [{ use: 'folr', with: { alpha: 0.25 } }] });
    // This policy learns the same from any advantage: paired on the same seeds and questions, nothing differs.
    expect(comparison.pairs[0]?.measures.exactMatch).toMatchObject({ difference: 0, overQuestions: { p: 1 } });
    const made = statSync(at('whole/runs/grpo-seed3/metrics.jsonl')).mtimeMs;
    const again = await compare('--strategies', 'grpo,mine', '--seeds', '3,4', '--run-dir', 'whole');
    expect(again.code).toBe(0);
    expect(again.error).toContain('4 runs, 4 finished before');
    expect(again.out).toContain('grpo - mine');
    expect(statSync(at('whole/runs/grpo-seed3/metrics.jsonl')).mtimeMs).toBe(made);
  });

  it('goes on after a kill at any time, and comes to the same result', async () => {
    const words = ['--strategies', 'grpo', '--seeds', '2', '--run-dir', 'cut', '--set', 'policy.with.pause=40'];
    const [executable = '', ...first] = program;
    const child = spawn(executable, [...first, 'compare', '-c', 'run.yaml', ...words], {
      cwd: folder,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const metrics = at('cut/runs/grpo-seed3/metrics.jsonl');
    while (!existsSync(metrics) || !readFileSync(metrics, 'utf8').includes('"step":1')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(at('cut/compare.json'))).toBe(false);
    const rest = await compare(...words);
    expect([rest.code, rest.error]).toEqual([0, expect.stringMatching(/2 runs, [01] finished before/)]);
    const ofGrpo = <Item extends { strategy: string }>(items: readonly Item[]): Item[] =>
      items.filter(({ strategy }) => strategy === 'grpo');
    const whole = read('whole');
    const options = { ...whole, runs: ofGrpo(whole.runs), summaries: ofGrpo(whole.summaries), pairs: [] };
    expect(found(read('cut'))).toEqual(found(options));
    const manifest = JSON.parse(readFileSync(at('cut/runs/grpo-seed3/manifest.json'), 'utf8')) as {
      resumes?: unknown[];
    };
    expect(manifest.resumes).toHaveLength(1);
  });

  it('stops in order at Ctrl-C, with a table in the terminal, and goes on where it was', async () => {
    const words = ['--strategies', 'grpo,mine', '--seeds', '1', '--jobs', '2', '--run-dir', 'stopped'];
    const metrics = ['grpo', 'mine'].map((name) => at(`stopped/runs/${name}-seed3/metrics.jsonl`));
    writeFileSync(at('wait'), '');
    let interrupt = (): void => undefined;
    let shown = '';
    const whenBothDidAStep = setInterval(() => {
      if (!metrics.every((file) => existsSync(file) && readFileSync(file, 'utf8').includes('"step":1'))) return;
      // The table is drawn once more before its trainings are stopped.
      if (!/\ngrpo .*step 1\/4.*\nmine .*step 1\/4/.test(shown)) return;
      clearInterval(whenBothDidAStep);
      interrupt();
      rmSync(at('wait'));
    }, 10);
    const stopped = await runCommandLine(['compare', '-c', 'run.yaml', ...words], {
      writeOut: () => Promise.resolve(),
      error: { isTTY: true, columns: 120, write: (text) => (shown += text) },
      currentFolder: folder,
      onInterrupt: (listener) => {
        interrupt = listener;
        return () => undefined;
      },
      exit: () => undefined,
      program,
    });
    expect(stopped).toBe(130);
    // Redrawn in place: the head and a line for each of two trainings.
    expect(shown).toMatch(/0\/2 runs finished, 2 running\ngrpo +seed 3 +step \d\/4.*\nmine +seed 3 +step \d\/4/);
    expect(shown).toContain('\r\u001b[2A\u001b[J');
    expect(shown).toContain('interrupted: stopping in order');
    expect(shown.match(/stopped, saved/g)).toHaveLength(2);
    // Every training was let finish its step and save, and is gone.
    for (const name of ['grpo-seed3', 'mine-seed3']) {
      expect(existsSync(at(`stopped/runs/${name}/run.lock`))).toBe(false);
      const steps =
        readFileSync(at(`stopped/runs/${name}/metrics.jsonl`), 'utf8')
          .trim()
          .split('\n').length - 1;
      const kept = readdirSync(at(`stopped/runs/${name}/checkpoints`)).filter((entry) => entry.startsWith('step-'));
      expect(kept.at(-1)).toBe(`step-00000${steps}`);
      expect(steps).toBeLessThan(4);
    }
    expect(existsSync(at('stopped/compare.lock'))).toBe(false);
    const rest = await compare(...words);
    expect([rest.code, rest.error]).toEqual([0, expect.stringMatching(/2 runs, [01] finished before/)]);
    const manifest = JSON.parse(readFileSync(at('stopped/runs/grpo-seed3/manifest.json'), 'utf8')) as {
      resumes?: unknown[];
    };
    expect(manifest.resumes).toHaveLength(1);
    const [own, whole] = [read('stopped'), read('whole')];
    const ofSeed = ({ runs }: RunComparison): unknown[] =>
      runs.filter(({ seed }) => seed === 3).map(({ curve }) => curve);
    expect(ofSeed(own)).toEqual(ofSeed(whole));
  });

  it('names a run that fails, keeps the others, and tries it again', async () => {
    writeFileSync(at('fail'), '');
    const words = ['--strategies', 'grpo', '--seeds', '2', '--run-dir', 'whole', '--json'];
    rmSync(at('whole/runs/grpo-seed4'), { recursive: true });
    const { code, out, error } = await compare(...words);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ complete: false, seeds: [3, 4], missing: [{ strategy: 'grpo', seed: 4 }] });
    expect(error).toMatch(/RUN_INCOMPLETE: 1 of the runs failed: grpo seed 4 \(.*told to fail/);
    rmSync(at('fail'));
    const again = await compare(...words);
    expect([again.code, JSON.parse(again.out)]).toEqual([0, expect.objectContaining({ complete: true })]);
  });

  it('refuses another budget in the same folder, and strategies that are not there', async () => {
    const other = await compare(
      '--strategies',
      'grpo',
      '--seeds',
      '1',
      '--run-dir',
      'whole',
      '--set',
      'training.evalEvery=1',
    );
    expect([other.code, other.error]).toEqual([
      2,
      expect.stringContaining('training.evalEvery is 1, and 2 of the run'),
    ]);
    const longer = await compare(
      '--strategies',
      'grpo',
      '--seeds',
      '1',
      '--run-dir',
      'whole',
      '--set',
      'training.steps=2',
    );
    expect(longer.error).toContain('training.steps is 2, and 4 of the run');
    const unknown = await compare('--strategies', 'grop', '--seeds', '1', '--run-dir', 'none');
    expect([unknown.code, unknown.error]).toEqual([2, expect.stringContaining('Did you mean "grpo"?')]);
    expect(existsSync(at('none'))).toBe(false);
    for (const seeds of ['0', '1,1', 'x', '1,']) {
      expect((await compare('--strategies', 'grpo', '--seeds', seeds)).code).toBe(2);
    }
  });
});
