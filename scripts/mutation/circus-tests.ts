import { pathToFileURL } from 'node:url';
import { getState, resetState } from 'jest-circus';

type DescribeBlock = ReturnType<typeof getState>['rootDescribeBlock'];
type TestEntry = Extract<DescribeBlock['children'][number], { type: 'test' }>;
type HookKind = DescribeBlock['hooks'][number]['type'];

/** A test as a mutation run names it; the name is made of file, blocks and test, and a number where it is not the only one. */
export interface LoadedTest {
  readonly id: string;
  readonly file: string;
  readonly entry: TestEntry;
  readonly skipped: boolean;
}

export interface TestOutcome {
  readonly test: LoadedTest;
  readonly error: unknown;
  readonly milliseconds: number;
}

/** Told before code of a test or of a block's beforeAll and afterAll runs, which is shared by all tests of the block. */
export type Entering = (running: { test: string } | { block: readonly string[] }) => void;

/**
 * The tests of some files, loaded once into this process and run as often as wanted. What they see is jest's `describe`, `it`,
 * hooks and `expect`; not jest's isolation: all files share the modules they import, and what those keep.
 */
export class CircusTests {
  readonly #roots: DescribeBlock[] = [];
  readonly #tests = new Map<TestEntry, LoadedTest>();

  static async load(files: readonly string[]): Promise<CircusTests> {
    const loaded = new CircusTests();
    const used = new Map<string, number>();
    for (const file of files) {
      resetState();
      await import(pathToFileURL(file).href);
      const root = getState().rootDescribeBlock;
      loaded.#roots.push(root);
      for (const entry of testsIn(root)) {
        const name = [file, ...namesOf(entry)].join(' > ');
        const before = used.get(name) ?? 0;
        used.set(name, before + 1);
        const id = before === 0 ? name : `${name} (${String(before + 1)})`;
        loaded.#tests.set(entry, { id, file, entry, skipped: isSkipped(entry) });
      }
    }
    return loaded;
  }

  get all(): readonly LoadedTest[] {
    return [...this.#tests.values()];
  }

  /** Runs the tests that are wanted and, unless told to go on, stops at the first that fails. */
  async run(wanted: (test: LoadedTest) => boolean, goOn: boolean, entering: Entering): Promise<TestOutcome[]> {
    const outcomes: TestOutcome[] = [];
    const isWanted = (entry: TestEntry): boolean => {
      const test = this.#tests.get(entry);
      return test !== undefined && !test.skipped && wanted(test);
    };
    for (const root of this.#roots) {
      await this.#runBlock(root, isWanted, goOn, entering, outcomes);
      if (!goOn && outcomes.some(({ error }) => error !== undefined)) break;
    }
    return outcomes;
  }

  async #runBlock(
    block: DescribeBlock,
    isWanted: (entry: TestEntry) => boolean,
    goOn: boolean,
    entering: Entering,
    outcomes: TestOutcome[],
  ): Promise<void> {
    const mine = [...testsIn(block)].filter(isWanted).map((entry) => this.#tests.get(entry) as LoadedTest);
    const [first] = mine;
    if (first === undefined) return;
    const shared = { block: mine.map(({ id }) => id) };
    entering(shared);
    const failed = await errorOf(() => runHooks([block], 'beforeAll'));
    if (failed !== undefined) {
      outcomes.push({ test: first, error: failed, milliseconds: 0 });
    } else {
      for (const child of block.children) {
        if (child.type === 'describeBlock') await this.#runBlock(child, isWanted, goOn, entering, outcomes);
        else if (isWanted(child)) outcomes.push(await this.#runTest(child, entering));
        if (!goOn && outcomes.some(({ error }) => error !== undefined)) break;
      }
    }
    entering(shared);
    const after = await errorOf(() => runHooks([block], 'afterAll'));
    if (after !== undefined) outcomes.push({ test: first, error: after, milliseconds: 0 });
  }

  async #runTest(entry: TestEntry, entering: Entering): Promise<TestOutcome> {
    const test = this.#tests.get(entry) as LoadedTest;
    entering({ test: test.id });
    const blocks = [...ancestors(entry)].reverse();
    const from = performance.now();
    const error = await errorOf(async () => {
      await runHooks(blocks, 'beforeEach');
      await (entry.fn as (() => unknown) | undefined)?.();
    });
    const after = await errorOf(() => runHooks([...blocks].reverse(), 'afterEach'));
    return { test, error: error ?? after, milliseconds: performance.now() - from };
  }
}

async function runHooks(blocks: readonly DescribeBlock[], kind: HookKind): Promise<void> {
  for (const { hooks } of blocks) {
    for (const hook of hooks) if (hook.type === kind) await (hook.fn as () => unknown)();
  }
}

async function errorOf(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  }
}

function* testsIn(block: DescribeBlock): Generator<TestEntry> {
  for (const child of block.children) {
    if (child.type === 'test') yield child;
    else yield* testsIn(child);
  }
}

function* ancestors(entry: TestEntry): Generator<DescribeBlock> {
  for (let block: DescribeBlock | undefined = entry.parent; block !== undefined; block = block.parent) yield block;
}

function namesOf(entry: TestEntry): string[] {
  return [entry.name, ...[...ancestors(entry)].slice(0, -1).map(({ name }) => name)].reverse();
}

function isSkipped(entry: TestEntry): boolean {
  const skips = (mode: TestEntry['mode']) => mode === 'skip' || mode === 'todo';
  return skips(entry.mode) || [...ancestors(entry)].some(({ mode }) => skips(mode));
}
