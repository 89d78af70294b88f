/** Where a trajectory's keys and values go, and what of them is there already. */
export interface Place {
  readonly slot: number;
  /** Leading tokens of the trajectory that need no computing. */
  readonly cached: number;
  /** Slot to copy those from, when another trajectory read the same; `null`: they are in `slot` itself. */
  readonly copyFrom: number | null;
}

/**
 * Which trajectory holds which slot of the decoder's key-value cache, and the tokens whose keys are in it. What a slot
 * holds serves every trajectory that starts alike, also when its own has ended, until the slot is needed.
 * The least recently used idle slot makes room when all are taken.
 */
export class CachedSequences {
  private readonly byTrajectory = new Map<string, number>();
  private readonly tokens: number[][];
  private readonly owners: (string | null)[];
  private readonly lastUse: number[];
  private clock = 0;

  constructor(readonly slots: number) {
    this.tokens = Array.from({ length: slots }, () => []);
    this.owners = new Array<string | null>(slots).fill(null);
    this.lastUse = new Array<number>(slots).fill(0);
  }

  /** Longest prefix of the tokens that some slot holds, the last token left out: its logits are wanted. */
  longestCached(tokenIds: readonly number[]): number {
    return this.tokens.reduce((most, held) => Math.max(most, prefixToCompute(held, tokenIds)), 0);
  }

  /**
   * A slot for the trajectory and the number of its tokens that are cached, there or elsewhere. At least the last token
   * is left to compute. `null` when every slot is busy.
   */
  acquire(trajectoryId: string, tokenIds: readonly number[], busy: ReadonlySet<number>): Place | null {
    const slot = this.byTrajectory.get(trajectoryId) ?? this.idlest(busy);
    if (slot === undefined) return null;
    const owner = this.owners[slot];
    if (owner !== trajectoryId) {
      if (owner != null) this.byTrajectory.delete(owner);
      this.owners[slot] = trajectoryId;
      this.byTrajectory.set(trajectoryId, slot);
    }
    this.lastUse[slot] = ++this.clock;
    let [best, cached] = [slot, prefixToCompute(this.tokens[slot] ?? [], tokenIds)];
    this.tokens.forEach((held, other) => {
      const length = prefixToCompute(held, tokenIds);
      if (length > cached) [best, cached] = [other, length];
    });
    this.tokens[slot] = tokenIds.slice(0, cached);
    return { slot, cached, copyFrom: best === slot ? null : best };
  }

  append(slot: number, tokenIds: readonly number[]): void {
    this.tokens[slot]?.push(...tokenIds);
  }

  release(trajectoryId: string): void {
    const slot = this.byTrajectory.get(trajectoryId);
    if (slot === undefined) return;
    this.byTrajectory.delete(trajectoryId);
    this.owners[slot] = null;
  }

  /** Forgets everything: the weights have changed and with them every key and value. */
  clear(): void {
    this.byTrajectory.clear();
    this.owners.fill(null);
    for (const held of this.tokens) held.length = 0;
  }

  /** A free slot, the one with the least in it first, or else the one that was idle longest. */
  private idlest(busy: ReadonlySet<number>): number | undefined {
    let best: number | undefined;
    const rank = (slot: number): number =>
      this.owners[slot] === null ? (this.tokens[slot]?.length === 0 ? -2 : -1) : 0;
    for (let slot = 0; slot < this.slots; slot++) {
      if (busy.has(slot)) continue;
      if (best === undefined) best = slot;
      else {
        const order = rank(slot) - rank(best) || (this.lastUse[slot] ?? 0) - (this.lastUse[best] ?? 0);
        if (order < 0) best = slot;
      }
    }
    return best;
  }
}

/** Tokens that both start with, but for the last of `tokenIds`. */
export function prefixToCompute(held: readonly number[], tokenIds: readonly number[]): number {
  const most = Math.min(held.length, tokenIds.length - 1);
  let length = 0;
  while (length < most && held[length] === tokenIds[length]) length++;
  return length;
}
