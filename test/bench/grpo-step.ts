import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, saveCheckpoint, transformerConfig } from '@turnwise/engine';
import { vocabularySize, wordTokenizer } from './engine/contender.js';
import { round, spread } from './engine/spread.js';
import { startTrl } from './grpo-step/trl.js';
import { startTurnwise } from './grpo-step/turnwise.js';
import type { SteppedTrainer, StepWork } from './grpo-step/work.js';

/**
 * A GRPO step end to end, rollouts, rewards, advantages, update and record: 64 questions of 128 tokens x 8 rollouts of 64
 * tokens on a transformer of width 64 with 2 layers, by `trainRun` on one and two worker threads, beside TRL's
 * GRPOTrainer with a Qwen2 of the same size. The contenders take turns, step by step; the first step does not count.
 *
 * Options: `steps` (default 3), `threads` of TRL (default 2), `microBatch` of TRL in rollouts (default 64), `workers`
 * (default 1,2), `questions` (default 64). TRL takes part when TURNWISE_PYTHON names a Python with trl, transformers and
 * datasets.
 */
export default async function bench(options: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const work: StepWork = {
    questions: Number(options['questions'] ?? 64),
    rollouts: 8,
    promptTokens: 128,
    newTokens: 64,
    steps: Number(options['steps'] ?? 3),
  };
  const config = transformerConfig({
    vocabularySize,
    shiftTaps: 0,
    contextLength: work.promptTokens + work.newTokens,
    queryKeyValueBias: true,
  });
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-bench-'));
  await saveCheckpoint(folder, { engine: createEngine({ config, seed: 1 }), tokenizer: wordTokenizer() });
  const trainers: SteppedTrainer[] = [];
  const python = process.env['TURNWISE_PYTHON'];
  if (python !== undefined && python !== '') {
    const own = { threads: Number(options['threads'] ?? 2), microBatch: Number(options['microBatch'] ?? 64) };
    trainers.push(await startTrl(python, config, work, own));
  }
  for (const workers of (options['workers'] ?? '1,2').split(',')) {
    trainers.push(await startTurnwise(folder, Number(workers), work));
  }
  const times = trainers.map(() => ({ wall: [] as number[], cpu: [] as number[] }));
  for (let step = 0; step <= work.steps; step++) {
    for (const [index, trainer] of trainers.entries()) {
      const { wall, cpu } = await trainer.step();
      if (step === 0) continue;
      times[index]?.wall.push(wall);
      times[index]?.cpu.push(cpu);
    }
  }
  const perStep = work.questions * work.rollouts;
  const results: Record<string, { rolloutsPerSecond: number; [key: string]: unknown }> = {};
  for (const [index, trainer] of trainers.entries()) {
    const [wall, cpu] = [spread(times[index]?.wall ?? []), spread(times[index]?.cpu ?? [])];
    results[trainer.name] = {
      about: await trainer.close(),
      wall,
      cpu,
      rolloutsPerSecond: round((1000 * perStep) / wall.median, 1),
      rolloutsPerProcessorSecond: round((1000 * perStep) / cpu.median, 1),
    };
  }
  const speeds = Object.entries(results);
  const ratios = speeds.flatMap(([a, { rolloutsPerSecond }], index) =>
    speeds.slice(index + 1).map(([b, other]) => [`${b} over ${a}`, round(other.rolloutsPerSecond / rolloutsPerSecond)]),
  );
  return {
    unit: 'milliseconds a step; rollouts a second from the median',
    work,
    model: {
      hiddenSize: config.hiddenSize,
      layerCount: config.layerCount,
      headCount: config.headCount,
      vocabularySize,
    },
    results,
    ratios: Object.fromEntries(ratios) as Record<string, number>,
    ...(python ? {} : { trl: 'not measured: TURNWISE_PYTHON names no Python' }),
  };
}
