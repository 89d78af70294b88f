import { resolve } from 'node:path';
import type { CoverageData, MutantCoverage, StrykerOptions } from '@stryker-mutator/api/core';
import type { Logger } from '@stryker-mutator/api/logging';
import { commonTokens, tokens } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  type TestRunnerCapabilities,
} from '@stryker-mutator/api/test-runner';
import { CircusTests, type TestOutcome } from './circus-tests.js';
import { linkWorkspaces } from './link-workspaces.js';

/** What instrumented code reads and writes: which mutant is active, which were reached, how often. */
interface Instrumentation {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: MutantCoverage | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
}
const instrumentation: Instrumentation = ((globalThis as { __stryker__?: Instrumentation }).__stryker__ ??= {});

/**
 * Runs the tests in the process that Stryker started for them, where modules are loaded once and each mutant is switched on in
 * turn: milliseconds a mutant, where starting jest for each takes one to three seconds. A mutant that never ends is ended by
 * Stryker, which stops the process and starts another.
 */
export class InProcessRunner implements TestRunner {
  static readonly inject = tokens(commonTokens.options, commonTokens.logger);
  readonly #logger: Logger;
  readonly #files: readonly string[];
  #loaded: CircusTests | undefined;
  #stray: unknown;

  /** `testFiles` are paths here, not patterns: a process that takes over from a stopped one has nothing else to go by. */
  constructor({ testFiles }: StrykerOptions, logger: Logger) {
    this.#logger = logger;
    this.#files = testFiles.map((file) => resolve(file));
    // A promise nobody waited for fails the test that runs, not the process.
    process.on('unhandledRejection', (reason) => (this.#stray = reason));
    process.on('uncaughtException', (error) => (this.#stray = error));
  }

  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: false };
  }

  init(): Promise<void> {
    linkWorkspaces(process.cwd());
    return Promise.resolve();
  }

  async dryRun(): Promise<DryRunResult> {
    const coverage: MutantCoverage = { static: {}, perTest: {} };
    instrumentation.mutantCoverage = coverage;
    const tests = await this.#tests();
    const shared = new Map<string, readonly string[]>();
    const outcomes = await tests.run(
      () => true,
      true,
      (running) => {
        if ('test' in running) instrumentation.currentTestId = running.test;
        else {
          instrumentation.currentTestId = `shared by ${running.block.join('\n')}`;
          shared.set(instrumentation.currentTestId, running.block);
        }
      },
    );
    instrumentation.currentTestId = undefined;
    instrumentation.mutantCoverage = undefined;
    const failed = outcomes.filter(({ error }) => error !== undefined);
    for (const outcome of failed) this.#logger.warn('Left out, for it fails without a mutant: %s', messageOf(outcome));
    const unfit = new Set([
      ...failed.map(({ test }) => test.id),
      ...tests.all.flatMap(({ id, skipped }) => (skipped ? [id] : [])),
    ]);
    return {
      status: DryRunStatus.Complete,
      tests: [
        ...outcomes.filter(({ test }) => !unfit.has(test.id)).map(toResult),
        ...[...unfit].map((id) => ({ id, name: id, timeSpentMs: 0, status: TestStatus.Skipped as const })),
      ],
      mutantCoverage: withShared(coverage, shared, unfit),
    };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, testFilter, disableBail } = options;
    // A hundred times what all tests together reached would be waited for long where they reach it a million times.
    const hitLimit = options.hitLimit === undefined ? undefined : Math.ceil(options.hitLimit / 20);
    if (options.mutantActivation === 'static') instrumentation.activeMutant = activeMutant.id;
    const tests = await this.#tests();
    instrumentation.activeMutant = activeMutant.id;
    instrumentation.hitCount = 0;
    instrumentation.hitLimit = hitLimit;
    this.#stray = undefined;
    const wanted = testFilter && new Set(testFilter);
    const outcomes = await tests.run(
      ({ id }) => wanted?.has(id) ?? true,
      disableBail,
      () => undefined,
    );
    const limit = determineHitLimitReached(instrumentation.hitCount, hitLimit);
    instrumentation.activeMutant = undefined;
    instrumentation.hitLimit = undefined;
    const [first] = outcomes;
    if (this.#stray !== undefined && first) outcomes.push({ ...first, error: this.#stray });
    return toMutantRunResult(limit ?? { status: DryRunStatus.Complete, tests: outcomes.map(toResult) });
  }

  async #tests(): Promise<CircusTests> {
    this.#loaded ??= await CircusTests.load(this.#files);
    return this.#loaded;
  }
}

function toResult(outcome: TestOutcome): TestResult {
  const { test, error, milliseconds } = outcome;
  const known = { id: test.id, name: test.id, fileName: test.file, timeSpentMs: milliseconds };
  return error === undefined
    ? { ...known, status: TestStatus.Success }
    : { ...known, status: TestStatus.Failed, failureMessage: messageOf(outcome) };
}

function messageOf({ test, error }: TestOutcome): string {
  return `${test.id}: ${error instanceof Error ? error.message : String(error)}`;
}

/** What a block does before and after its tests counts for each of them; tests that do not run count for nothing. */
function withShared(
  { static: always, perTest }: MutantCoverage,
  shared: ReadonlyMap<string, readonly string[]>,
  unfit: ReadonlySet<string>,
): MutantCoverage {
  const merged: Record<string, CoverageData> = {};
  for (const [id, reached] of Object.entries(perTest)) {
    for (const test of shared.get(id) ?? [id]) {
      if (unfit.has(test)) continue;
      const all = (merged[test] ??= {});
      for (const [mutant, hits] of Object.entries(reached)) all[mutant] = (all[mutant] ?? 0) + hits;
    }
  }
  return { static: always, perTest: merged };
}
