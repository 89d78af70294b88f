import type { Address, KernelMemory } from './load-kernels.js';

const PAGE = 65_536;
const ALIGNMENT = 64;

interface Hole {
  readonly start: Address;
  readonly bytes: number;
}

/**
 * First-fit allocator over the kernels' memory. There are few and large blocks (parameters, activations, caches), so a
 * sorted list of holes is enough. Views are made on each use: they die when the memory grows.
 */
export class Heap {
  private end: Address;
  private readonly holes: Hole[] = [];
  private readonly blocks = new Map<Address, number>();

  constructor(
    private readonly memory: KernelMemory,
    base: Address,
    readonly limitBytes: number,
  ) {
    this.end = align(base);
  }

  /** Bytes up to the end of the highest block there has been: what the memory has had to grow to. */
  get peakBytes(): number {
    return this.end;
  }

  /** Bytes that could still be handed out in one block. */
  available(): number {
    const tail = this.trailingHole()?.bytes ?? 0;
    const largestHole = this.holes.reduce((most, hole) => Math.max(most, hole.bytes), 0);
    return Math.max(largestHole, this.limitBytes - this.end + tail);
  }

  /** A block of at least `bytes` bytes, not cleared. Throws an Error when the limit does not allow it. */
  allocate(bytes: number, purpose: string): Address {
    const size = align(bytes);
    const index = this.holes.findIndex((hole) => hole.bytes >= size);
    const hole = this.holes[index];
    if (hole) {
      const start = hole.start;
      if (hole.bytes === size) this.holes.splice(index, 1);
      else this.holes[index] = { start: start + size, bytes: hole.bytes - size };
      this.blocks.set(start, size);
      return start;
    }
    const start = this.trailingHole()?.start ?? this.end;
    if (start + size > this.limitBytes) throw this.tooLarge(bytes, purpose);
    const missing = Math.ceil((start + size - this.memory.buffer.byteLength) / PAGE);
    if (missing > 0) {
      try {
        this.memory.grow(missing);
      } catch {
        throw this.tooLarge(bytes, purpose);
      }
    }
    if (start !== this.end) this.holes.pop();
    this.end = start + size;
    this.blocks.set(start, size);
    return start;
  }

  /** Gives a block back and merges it with the holes beside it. */
  free(start: Address): void {
    const bytes = this.blocks.get(start);
    if (bytes === undefined) throw new Error(`no block of memory starts at ${start}`);
    this.blocks.delete(start);
    this.holes.push({ start, bytes });
    this.holes.sort((a, b) => a.start - b.start);
    for (let i = this.holes.length - 2; i >= 0; i--) {
      const [left, right] = this.holes.slice(i, i + 2) as [Hole, Hole];
      if (left.start + left.bytes !== right.start) continue;
      this.holes.splice(i, 2, { start: left.start, bytes: left.bytes + right.bytes });
    }
  }

  floats(address: Address, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, count);
  }

  integers(address: Address, count: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, count);
  }

  /** The hole just before the end, which a block may start in and grow beyond. */
  private trailingHole(): Hole | undefined {
    return this.holes.findLast(({ start, bytes }) => start + bytes === this.end);
  }

  private tooLarge(bytes: number, purpose: string): Error {
    return new Error(
      `${purpose} needs ${megabytes(bytes)} MB, but the engine's memory limit of ${megabytes(this.limitBytes)} MB ` +
        `leaves ${megabytes(this.available())} MB`,
    );
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
