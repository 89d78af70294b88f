/** A trajectory that has no worker yet. */
export interface NewTrajectory {
  readonly trajectoryId: string;
  readonly tokenIds: readonly number[];
}

/**
 * Which worker serves which trajectory, from its first turn to its release: its keys and values are there. Trajectories
 * that start alike go to the same worker, which then reads their prompt once, as far as the load stays level.
 */
export class TrajectoryPlaces {
  private readonly places = new Map<string, { readonly worker: number; readonly prompt: string }>();
  private readonly loads: number[];

  constructor(workers: number) {
    this.loads = new Array<number>(workers).fill(0);
  }

  of(trajectoryId: string): number | undefined {
    return this.places.get(trajectoryId)?.worker;
  }

  /** Places all that arrived together. */
  add(arrivals: readonly NewTrajectory[]): void {
    const groups = new Map<string, NewTrajectory[]>();
    for (const arrival of arrivals) {
      const prompt = arrival.tokenIds.join(',');
      const group = groups.get(prompt);
      if (group) group.push(arrival);
      else groups.set(prompt, [arrival]);
    }
    const homes = new Map([...this.places.values()].map(({ worker, prompt }) => [prompt, worker]));
    const placed: string[] = [];
    for (const [prompt, group] of groups) {
      const worker = homes.get(prompt) ?? this.extreme(-1);
      for (const { trajectoryId } of group) {
        this.put(trajectoryId, worker, prompt);
        placed.push(trajectoryId);
      }
    }
    this.level(placed);
  }

  release(trajectoryId: string): void {
    const place = this.places.get(trajectoryId);
    if (!place) return;
    this.places.delete(trajectoryId);
    this.loads[place.worker] = (this.loads[place.worker] ?? 0) - 1;
  }

  clear(): void {
    this.places.clear();
    this.loads.fill(0);
  }

  /** Moves the last of the new ones from the fullest to the emptiest worker while that evens the load. */
  private level(placed: readonly string[]): void {
    for (const trajectoryId of placed.toReversed()) {
      const place = this.places.get(trajectoryId);
      const [fullest, emptiest] = [this.extreme(1), this.extreme(-1)];
      if ((this.loads[fullest] ?? 0) - (this.loads[emptiest] ?? 0) < 2) return;
      if (place?.worker !== fullest) continue;
      this.release(trajectoryId);
      this.put(trajectoryId, emptiest, place.prompt);
    }
  }

  private put(trajectoryId: string, worker: number, prompt: string): void {
    this.places.set(trajectoryId, { worker, prompt });
    this.loads[worker] = (this.loads[worker] ?? 0) + 1;
  }

  /** The worker with the most (1) or least (-1) trajectories, the first among equals. */
  private extreme(sign: 1 | -1): number {
    return this.loads.reduce((best, load, worker) => (sign * (load - (this.loads[best] ?? 0)) > 0 ? worker : best), 0);
  }
}
