/** The part of a test runner the suites need: jest, vitest and node:test all have it. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/** One thing a plugin is held to. */
export interface Rule<Subject> {
  /** Stable name, e.g. `reward/finite`; stands in the title of the test and in the documentation. */
  readonly id: string;
  /** What holds for a plugin that keeps it. */
  readonly says: string;
  /** Throws a {@link ConformanceError} where it does not hold. */
  check(subject: Subject): Promise<void> | void;
}

/** What a rule throws: which rule, what was found, and how to mend it. */
export class ConformanceError extends Error {
  constructor(
    readonly found: string,
    readonly mend: string,
  ) {
    super(`${found}\n  mend: ${mend}`);
    this.name = 'ConformanceError';
  }
}

/** Throws unless the condition holds. The texts are made only when they are needed. */
export function demand(condition: boolean, found: () => string, mend: string): asserts condition {
  if (!condition) throw new ConformanceError(found(), mend);
}

/** Hands every rule to the runner as a test titled `<rule id>: <what it says>`. */
export function runRules<Subject>(
  { describe, it }: Runner,
  title: string,
  rules: readonly Rule<Subject>[],
  subject: Subject,
): void {
  describe(title, () => {
    for (const rule of rules) {
      it(`${rule.id}: ${rule.says}`, async () => {
        await rule.check(subject);
      });
    }
  });
}
