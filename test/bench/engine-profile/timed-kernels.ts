import type { LoadedKernels } from '../../../packages/engine/src/load-kernels.js';
import { floatingPointOperations } from './floating-point-operations.js';

export interface KernelTotals {
  readonly kernel: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** Additions and multiplications, where they can be told from the arguments. */
  readonly operations: number;
}

/**
 * Kernels that time their calls. A pass calls the same kernels in the same order each time it is repeated, so each call
 * counts with its least time over the repetitions: what other programs on the machine add by interrupting falls away.
 */
export class TimedKernels {
  private readonly calls: { kernel: string; milliseconds: number; operations: number }[] = [];
  private next = 0;
  private timing = false;

  /** The same kernels, timed. */
  wrap({ kernels, memory, relaxed }: LoadedKernels): LoadedKernels {
    const timed = Object.entries(kernels as unknown as Record<string, unknown>).map(([kernel, run]) => {
      if (typeof run !== 'function') return [kernel, run];
      return [kernel, (...args: number[]) => this.time(kernel, run as (...args: number[]) => unknown, args)];
    });
    return { kernels: Object.fromEntries(timed), memory, relaxed };
  }

  /** Times one repetition of the same pass. */
  repeat(pass: () => void): void {
    this.next = 0;
    this.timing = true;
    pass();
    this.timing = false;
    if (this.next !== this.calls.length) throw new Error('the repetitions of a pass call different kernels');
  }

  /** Per kernel, the one that takes longest first; forgets the calls. */
  totals(): KernelTotals[] {
    const totals = new Map<string, { calls: number; milliseconds: number; operations: number }>();
    for (const { kernel, milliseconds, operations } of this.calls.splice(0)) {
      const total = totals.get(kernel) ?? { calls: 0, milliseconds: 0, operations: 0 };
      total.calls++;
      total.milliseconds += milliseconds;
      total.operations += operations;
      totals.set(kernel, total);
    }
    const list = [...totals].map(([kernel, total]) => ({ kernel, ...total }));
    return list.sort((a, b) => b.milliseconds - a.milliseconds);
  }

  private time(kernel: string, run: (...args: number[]) => unknown, args: number[]): unknown {
    if (!this.timing) return run(...args);
    const start = performance.now();
    const result = run(...args);
    const milliseconds = performance.now() - start;
    const call = this.calls[this.next++];
    if (!call) {
      this.calls.push({ kernel, milliseconds, operations: floatingPointOperations(kernel, args) });
    } else {
      if (call.kernel !== kernel) throw new Error('the repetitions of a pass call different kernels');
      call.milliseconds = Math.min(call.milliseconds, milliseconds);
    }
    return result;
  }
}
