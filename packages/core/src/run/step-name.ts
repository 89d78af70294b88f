/** Name of what belongs to a step in a run folder, e.g. `step-000010`. */
export function stepName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

/** The step that a name says; -1 when it says none. */
export function stepInName(name: string): number {
  return Number(/^step-(\d+)/.exec(name)?.[1] ?? -1);
}

/** The steps whose files of lines are among the names in a folder, e.g. `step-000010.jsonl`; ascending. */
export function recordedSteps(names: readonly string[]): number[] {
  return names
    .flatMap((name) => /^step-(\d+)\.jsonl$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((left, right) => left - right);
}
