import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from '@turnwise/core';
import { appears, expectsSame, resumesEqual, type FaultCase, type Whole } from './fault-case.js';
import { startTraining, steps, train, writeConfiguration } from './fault-run.js';
import { withoutSearch } from './search-outage.js';

export function otherCases(whole: Whole, seed: number): FaultCase[] {
  const random = randomStream(seed, 'others');
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
    {
      name: 'two processes on one run folder',
      expects: 'the second is refused with exit 2 (RUN_EXISTS), the first is not disturbed',
      tries: [
        async (run) => {
          const first = startTraining(whole.place, run);
          await appears(join(run, 'metrics.jsonl'));
          // Held still, so that it is there for as long as the second tries.
          first.kill('SIGSTOP');
          const second = await train(whole.place, run);
          first.kill('SIGCONT');
          const { code } = await first.ended;
          if (second.code !== 2 || !second.error.includes('RUN_EXISTS'))
            return `the second ended with ${second.code}: ${second.error}`;
          return code === 0 ? resumesEqual(whole, run) : `the first ended with ${code}`;
        },
      ],
    },
    {
      name: 'rewards become NaN',
      expects: `exit 1 before a weight moves; once the reward is mended ${expectsSame}`,
      tries: [5, 9].map((from) => async (run) => {
        const place = `${run}-place`;
        writeConfiguration(place, { 'poison.json': JSON.stringify({ from }) });
        const { code, error } = await train(place, run);
        if (code !== 1 || !error.includes('CONTRACT_REWARD_NOT_FINITE')) return `ended with ${code}: ${error}`;
        rmSync(join(place, 'poison.json'));
        return resumesEqual({ ...whole, place }, run);
      }),
    },
    {
      name: 'search server dies during rollouts',
      expects:
        'exit 1 (ROLLOUT_ALL_FAILED) without a hang, no failed trajectory trained on; goes on when the server is back',
      tries: [4, 11].map((requests) => (run) => withoutSearch(run, requests)),
    },
  ];
}
