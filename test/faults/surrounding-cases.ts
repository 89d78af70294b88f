import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { appears, expectsSame, resumesEqual, type FaultCase, type Whole } from './fault-case.js';
import { startTraining, train, writeConfiguration } from './fault-run.js';
import { withoutSearch } from './search-outage.js';

/** What goes wrong around a run: another process, its reward, its search server. */
export function surroundingCases(whole: Whole): FaultCase[] {
  return [
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
