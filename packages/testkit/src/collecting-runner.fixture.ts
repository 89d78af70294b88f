import type { Runner } from './rule.js';

/** Runs a suite without a test runner and returns the ids of the rules that failed, with what they said. */
export async function failuresOf(run: (runner: Runner) => void): Promise<Map<string, string>> {
  const { failures } = await outcomeOf(run);
  return failures;
}

/** The same, with the ids of all rules that ran. */
export async function outcomeOf(
  run: (runner: Runner) => void,
): Promise<{ ran: string[]; failures: Map<string, string> }> {
  const tests: { id: string; body: () => Promise<void> }[] = [];
  run({
    describe: (_name, body) => body(),
    it: (name, body) => tests.push({ id: name.split(': ')[0] ?? name, body }),
  });
  const failures = new Map<string, string>();
  for (const { id, body } of tests) {
    try {
      await body();
    } catch (error) {
      failures.set(id, String(error));
    }
  }
  return { ran: tests.map(({ id }) => id), failures };
}
