/**
 * Which trajectory holds which slot of the decoder's key-value cache, and the tokens whose keys are in it.
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

  /**
   * A slot for the trajectory and the number of its tokens already cached there (the longest common prefix).
   * At least the last token is left to compute, because its logits are wanted. `null` when every slot is busy.
   */
  acquire(
    trajectoryId: string,
    tokenIds: readonly number[],
    busy: ReadonlySet<number>,
  ): { slot: number; cached: number } | null {
    const slot = this.byTrajectory.get(trajectoryId) ?? this.idlest(busy);
    if (slot === undefined) return null;
    const owner = this.owners[slot];
    if (owner !== trajectoryId) {
      if (owner != null) this.byTrajectory.delete(owner);
      this.owners[slot] = trajectoryId;
      this.tokens[slot] = [];
      this.byTrajectory.set(trajectoryId, slot);
    }
    this.lastUse[slot] = ++this.clock;
    const known = this.tokens[slot] as number[];
    let cached = 0;
    while (cached < known.length && cached < tokenIds.length - 1 && known[cached] === tokenIds[cached]) cached++;
    known.length = cached;
    return { slot, cached };
  }

  append(slot: number, tokenIds: readonly number[]): void {
    this.tokens[slot]?.push(...tokenIds);
  }

  release(trajectoryId: string): void {
    const slot = this.byTrajectory.get(trajectoryId);
    if (slot === undefined) return;
    this.byTrajectory.delete(trajectoryId);
    this.owners[slot] = null;
    this.tokens[slot] = [];
  }

  /** Forgets everything: the weights have changed and with them every key and value. */
  clear(): void {
    for (const trajectoryId of [...this.byTrajectory.keys()]) this.release(trajectoryId);
  }

  private idlest(busy: ReadonlySet<number>): number | undefined {
    let best: number | undefined;
    for (let slot = 0; slot < this.slots; slot++) {
      if (busy.has(slot)) continue;
      if (this.owners[slot] === null) return slot;
      if (best === undefined || (this.lastUse[slot] as number) < (this.lastUse[best] as number)) best = slot;
    }
    return best;
  }
}
