import type { Address } from './load-kernels.js';

/**
 * Hands out consecutive runs of floats. Laid out once from address 0 it measures what a computation needs; laid out
 * again from the block's address it gives the same runs their addresses, so size and layout cannot disagree.
 */
export class Region {
  private next: Address;

  constructor(private readonly start: Address = 0) {
    this.next = start;
  }

  /** `count` 4-byte numbers, aligned to 32 bytes. */
  take(count: number): Address {
    const address = this.next;
    this.next += Math.ceil((count * 4) / 32) * 32;
    return address;
  }

  bytes(): number {
    return this.next - this.start;
  }
}
