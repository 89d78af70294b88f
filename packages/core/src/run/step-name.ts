/** Name of what belongs to a step in a run folder, e.g. `step-000010`. */
export function stepName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

/** The step that a name says; -1 when it says none. */
export function stepInName(name: string): number {
  return Number(/^step-(\d+)/.exec(name)?.[1] ?? -1);
}
