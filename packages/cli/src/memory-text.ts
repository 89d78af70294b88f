import type { MemoryEstimate, PluginMemory } from '@turnwise/core';

/** The most bytes of an estimate. */
export function peakBytes({ parts }: MemoryEstimate): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Whether a plugin cannot even be made (`never`), may run out of memory (`maybe`), or fits. */
export function memoryFit(estimate: MemoryEstimate): 'fits' | 'maybe' | 'never' {
  const { leastBytes, limitBytes } = estimate;
  if (limitBytes === null) return 'fits';
  if (leastBytes > limitBytes) return 'never';
  return peakBytes(estimate) > limitBytes ? 'maybe' : 'fits';
}

/** Lines for people: the peak, its parts, and what to do where it does not fit. */
export function memoryText({ kind, id, memory }: PluginMemory): string {
  const list = memory.parts.map(({ name, bytes }) => `${name} ${megabytes(bytes)}`).join(', ');
  const limit = memory.limitBytes === null ? '' : ` of ${megabytes(memory.limitBytes)}`;
  const peak = `memory of ${kind} ${id}: at most ${megabytes(peakBytes(memory))}${limit} MB (${list})`;
  const notes = (memory.notes ?? []).map((note) => `  ${note}`);
  if (memoryFit(memory) === 'fits') return [peak, ...notes].join('\n');
  return [peak, ...notes, '  may not fit', ...memory.remedies.map((remedy) => `  fits with ${remedy}`)].join('\n');
}

export function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);
}
