/** Of what belongs to a step in a run folder: `step-000010`. */
export function stepName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

/** -1 when there is none. */
export function stepInName(name: string): number {
  return Number(/^step-(\d+)/.exec(name)?.[1] ?? -1);
}
