import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from '@turnwise/core';
import { expectsSame, resumesEqual, type FaultCase, type Whole } from './fault-case.js';
import { steps, train } from './fault-run.js';

/** What a crash or a disk leaves behind of a run's files. */
export function damageCases(whole: Whole, seed: number): FaultCase[] {
  const random = randomStream(seed, 'damage');
  const killedLate = async (run: string): Promise<string | null> => {
    const { code } = await train(whole.place, run, { action: 'kill', at: Math.floor(whole.writes * 0.9) });
    return code === null ? null : 'not killed';
  };
  const newest = (run: string): string => {
    const folder = join(run, 'checkpoints');
    const names = readdirSync(folder).filter((name) => /^step-\d+$/.test(name));
    return join(folder, names.sort().at(-1) as string);
  };
  const damaged = (damage: (checkpoint: string) => void) => async (run: string) => {
    const wrong = await killedLate(run);
    if (wrong !== null) return wrong;
    damage(newest(run));
    const { code, error } = await train(whole.place, run, undefined, ['--set', `training.steps=${steps}`]);
    if (code !== 0) return `ended with ${code}: ${error}`;
    if (!error.includes('Falling back to the one before')) return 'did not say that it fell back';
    return resumesEqual(whole, run);
  };
  return [
    {
      name: 'last line of metrics.jsonl cut off',
      expects: expectsSame,
      tries: [1, 30].map((length) => async (run) => {
        const wrong = await killedLate(run);
        appendFileSync(join(run, 'metrics.jsonl'), '{"step":6,"reward/outcome-mean":0.25'.slice(0, length));
        return wrong ?? resumesEqual(whole, run);
      }),
    },
    {
      name: 'newest checkpoint damaged: a flipped bit, a cut file, a lost file, unreadable state',
      expects: `falls back to the one before, says so; ${expectsSame}`,
      tries: [
        damaged((checkpoint) => {
          const file = join(checkpoint, 'model.safetensors');
          const bytes = readFileSync(file);
          const place = bytes.length - 1 - random.integer(1000);
          bytes[place] = (bytes[place] as number) ^ 1;
          writeFileSync(file, bytes);
        }),
        damaged((checkpoint) => truncateSync(join(checkpoint, 'optimizer.safetensors'), 1000)),
        damaged((checkpoint) => rmSync(join(checkpoint, 'tokenizer.json'))),
        damaged((checkpoint) => writeFileSync(join(checkpoint, 'trainer.json'), '{"step"')),
      ],
    },
  ];
}
