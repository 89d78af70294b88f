import { recordedGroupSchema } from '@turnwise/core';
import { HttpFailure } from '../http-failure.js';
import { estimate, openStrategy, shape } from '../score.js';
import type { CreditStrategies } from '../services.js';
import type { GroupCredit } from './views.js';

/** What a strategy gives a recorded group, whatever it was credited with in its run. `line`: as it was recorded. */
export async function replayCredit(
  credit: CreditStrategies,
  line: string,
  strategy: string | undefined,
  signal: AbortSignal,
): Promise<GroupCredit> {
  const { shaped: _recorded, ...group } = recordedGroupSchema.parse(JSON.parse(line));
  const opened = await openStrategy(credit, strategy);
  const shaped = await shape([group], opened, signal);
  const [advantages] = await estimate(shaped, opened);
  const [first] = shaped;
  if (first === undefined || advantages === undefined) throw new HttpFailure(500, 'The strategy gave nothing back.');
  return { strategy: opened.name, shaped: first.shaped, advantages };
}
