import { estimateAdvantages, shapeGroups, suggestion, TurnwiseError } from '@turnwise/core';
import type { GroupAdvantages, RecordedGroup, ShapedGroup } from '@turnwise/core';
import { HttpFailure } from './http-failure.js';
import type { CreditStrategies, CreditStrategy } from './services.js';

/** The strategy a request asks for. Throws a 400 for one the service does not have. */
export async function openStrategy(
  strategies: CreditStrategies,
  ...asked: readonly (string | undefined)[]
): Promise<CreditStrategy & { readonly name: string }> {
  const name = asked.find((candidate) => candidate !== undefined) ?? strategies.defaultName;
  const { names } = strategies;
  if (!names.includes(name)) {
    const known = names.join(', ');
    throw new HttpFailure(
      400,
      `There is no strategy ${JSON.stringify(name)}.${suggestion(name, names)} Known: ${known}.`,
    );
  }
  return { name, ...(await failingAsReply(() => strategies.open(name))) };
}

/** Groups that bring their rewards keep them; the others are scored. */
export async function shape(
  groups: readonly RecordedGroup[],
  { rewards }: CreditStrategy,
  signal: AbortSignal,
): Promise<ShapedGroup[]> {
  const bare = groups.filter(({ shaped }) => shaped === undefined);
  const scored = await failingAsReply(() => shapeGroups(bare, rewards, signal));
  let next = 0;
  return groups.map((group) => (hasRewards(group) ? group : (scored[next++] as ShapedGroup)));
}

function hasRewards(group: RecordedGroup): group is RecordedGroup & ShapedGroup {
  return group.shaped !== undefined;
}

/** The whole request is one batch, for estimators that look at more than one group. */
export function estimate(
  groups: readonly ShapedGroup[],
  { advantage }: CreditStrategy,
): Promise<readonly GroupAdvantages[]> {
  return failingAsReply(() => estimateAdvantages(groups, advantage));
}

/**
 * A plugin that breaks its contract fails the request with its code (500): a made-up number in its place would be
 * trained on. What a route threw on the way passes as it is.
 */
async function failingAsReply<Value>(work: () => Promise<Value> | Value): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!TurnwiseError.is(error)) throw error;
    if (error.cause instanceof HttpFailure) throw error.cause;
    const hint = error.hint === undefined ? '' : ` ${error.hint}`;
    throw new HttpFailure(500, `${error.code}: ${error.message}.${hint}`);
  }
}
