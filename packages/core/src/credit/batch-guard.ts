import type { ShapedGroup, TurnRewards } from '../contract/index.js';
import { guardInput, type InputGuard } from './input-guard.js';

/**
 * {@link guardInput} for a batch an estimator reads. All rewards are watched; of questions and trajectories, which hold
 * millions of tokens that no estimator has a reason to touch, those of the first and the last group.
 */
export function guardBatch(groups: readonly ShapedGroup[]): InputGuard {
  const count = groups.length;
  const objects: unknown[] = [];
  const numbers: number[] = [];
  record(groups, objects, numbers);
  const whole = [...new Set([0, count - 1])].map((index) => guardInput(groups[index]));
  return {
    hasChanged: () => !isUnchanged(groups, count, objects, numbers) || whole.some((guard) => guard.hasChanged()),
  };
}

function record(groups: readonly ShapedGroup[], objects: unknown[], numbers: number[]): void {
  for (const group of groups) {
    objects.push(group, group.question, group.trajectories, group.shaped);
    numbers.push(group.trajectories.length, group.shaped.length);
    for (const rewards of group.shaped) {
      const { turns, outcome } = rewards;
      objects.push(rewards, turns);
      numbers.push(flagsOf(rewards), outcome ?? 0, turns.length);
      for (let turn = 0; turn < turns.length; turn++) numbers.push(turns[turn] ?? 0);
    }
  }
}

/** The same walk, comparing. */
function isUnchanged(
  groups: readonly ShapedGroup[],
  count: number,
  objects: readonly unknown[],
  numbers: readonly number[],
): boolean {
  if (groups.length !== count) return false;
  let nextObject = 0;
  let nextNumber = 0;
  for (const group of groups) {
    if (objects[nextObject++] !== group || objects[nextObject++] !== group.question) return false;
    if (objects[nextObject++] !== group.trajectories || objects[nextObject++] !== group.shaped) return false;
    if (numbers[nextNumber++] !== group.trajectories.length) return false;
    if (numbers[nextNumber++] !== group.shaped.length) return false;
    for (const rewards of group.shaped) {
      const { turns, outcome } = rewards;
      if (objects[nextObject++] !== rewards || objects[nextObject++] !== turns) return false;
      if (numbers[nextNumber++] !== flagsOf(rewards) || numbers[nextNumber++] !== (outcome ?? 0)) return false;
      if (numbers[nextNumber++] !== turns.length) return false;
      for (let turn = 0; turn < turns.length; turn++) if (numbers[nextNumber++] !== (turns[turn] ?? 0)) return false;
    }
  }
  return true;
}

/** What is not a number, as one. */
function flagsOf({ outcome, correct, answered, firstOccurrence }: TurnRewards): number {
  const found = firstOccurrence === undefined ? 0 : firstOccurrence === null ? 1 : 2 + firstOccurrence;
  return (outcome === null ? 1 : 0) + (correct ? 2 : 0) + (answered === undefined ? 0 : answered ? 4 : 8) + 16 * found;
}
