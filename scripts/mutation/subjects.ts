import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Sets of code with a name. */
const sets: Readonly<Record<string, readonly string[]>> = {
  credit: ['packages/core/src/credit', ...plugins('advantage-'), ...plugins('reward-')],
  advantages: plugins('advantage-'),
  rewards: plugins('reward-'),
  core: rooms('packages/core/src', ['contract', 'credit', 'isolation']),
  engine: ['packages/engine/src', '!packages/engine/src/tfjs/**'],
};

/** Tests that judge code they do not stand beside. */
const elsewhere: readonly { readonly code: RegExp; readonly tests: readonly string[] }[] = [
  {
    code: /^(packages\/core\/src\/credit|plugins\/(advantage|reward)-)/,
    tests: ['test/golden', 'test/conformance/advantages.test.ts', 'test/conformance/rewards.test.ts'],
  },
  // All other rooms ask for what these do.
  { code: /^packages\/core\/src\/(errors|schema)/, tests: ['packages/core/src'] },
  // The command line in this process: plugins and configurations that are bad in every way.
  { code: /^packages\/core\/src\/plugin/, tests: ['packages/core/src/config', 'test/errors'] },
];

/**
 * Tests that start processes or workers, where a mutant that is switched on here is not; studies; and those of the engine
 * that take seconds each, which every mutant that survives would wait for.
 */
const leftOut = [
  /\/isolation\//,
  /real-data/,
  /\/stop-time\//,
  /engine\/src\/(tfjs\/|(wasm-build|gradients|learning)\.test)/,
];

/** Code to be mutated, as Stryker's patterns, and the test files that judge it. */
export interface Subject {
  readonly mutate: readonly string[];
  readonly testFiles: readonly string[];
}

/**
 * What words of the command line name: a set, a package's or plugin's folder name, a folder, or a pattern of files.
 *
 * @param asked folders and files of the tests to be asked; none: those beside the code, and what judges it elsewhere
 */
export function subjectOf(words: readonly string[], asked: readonly string[] = []): Subject {
  const paths = words.flatMap((word) => sets[word] ?? named(word) ?? [word]);
  const standing = paths.flatMap((path) => [
    isFolder(path) ? path : dirname(path),
    ...elsewhere.flatMap(({ code, tests }) => (code.test(path) ? tests : [])),
  ]);
  return {
    mutate: [
      ...paths.map((path) => (isFolder(path) ? `${path}/**/*.ts` : path)),
      ...['test', 'fixture'].map((kind) => `!**/*.${kind}.ts`),
      '!**/testing/**',
    ],
    testFiles:
      asked.length > 0
        ? asked.flatMap(testFilesIn)
        : [...new Set(standing.flatMap(testFilesIn))].filter((file) => !leftOut.some((left) => left.test(file))),
  };
}

function named(word: string): readonly string[] | undefined {
  const folder = ['packages', 'plugins'].map((kind) => `${kind}/${word}/src`).find(isFolder);
  return folder === undefined ? undefined : [folder];
}

/** The folders of a package's source but for some. */
function rooms(source: string, without: readonly string[]): readonly string[] {
  return readdirSync(source).flatMap((name) => {
    const path = `${source}/${name}`;
    return isFolder(path) && !without.includes(name) ? [path] : [];
  });
}

function plugins(prefix: string): readonly string[] {
  return readdirSync('plugins').flatMap((name) => (name.startsWith(prefix) ? [`plugins/${name}/src`] : []));
}

function testFilesIn(path: string): string[] {
  if (!isFolder(path)) return existsSync(path) ? [path] : [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
    .map((file) => join(path, file))
    .sort();
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
