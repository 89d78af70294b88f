import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { badBehaviour } from './bad-behaviour.js';
import { badConfigurations, type BadCase } from './bad-configurations.js';
import { run, write, type Files } from './bad-folder.js';
import { badDefinitions } from './bad-definitions.js';
import { badNames } from './bad-names.js';
import { badOptions } from './bad-options.js';
import { badPackages } from './bad-packages.js';
import { badTrust } from './bad-trust.js';
import { twoFaults } from './two-faults.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-bad-'));
const { CI } = process.env;
// Where CI is set packages must be locked; here each case says so itself.
beforeAll(() => {
  delete process.env['CI'];
});
afterAll(() => {
  if (CI !== undefined) process.env['CI'] = CI;
  rmSync(folder, { recursive: true, force: true });
});

const all: readonly BadCase[] = [
  ...badConfigurations,
  ...badNames,
  ...badPackages,
  ...badDefinitions,
  ...badOptions,
  ...badTrust,
  ...badBehaviour,
];

const require = createRequire(import.meta.url);
let cases = 0;

async function told({ files, words = ['replay', 'groups.jsonl', '-c', 'run.yaml'] }: BadCase) {
  const own = join(folder, `case-${cases++}`);
  mkdirSync(own);
  const placed = Object.entries(files).map(([name, content]): [string, string] => [
    name,
    content.replace('VALIBOT', require.resolve('valibot')).replace('ARKTYPE', require.resolve('arktype')),
  ]);
  write(own, { 'run.yaml': 'seed: 1\n', ...(Object.fromEntries(placed) as Files) });
  return { own, ...(await run(words, own)) };
}

const holds = (text: string, part: string | RegExp): boolean =>
  typeof part === 'string' ? text.includes(part) : part.test(text);

function check(cases: readonly BadCase[]): void {
  it.each(cases)('$name: $code', async (bad) => {
    const { exit, out, error } = await told(bad);
    const { value, place, accepts, mend } = bad;
    const said = Object.entries({ value, place, accepts, mend });
    // The stack of somebody else's error is not part of the message.
    const message = error.replace(/\n {2}cause: [^]*/, '');
    expect({
      code: /^error ([A-Z_]+): /m.exec(error)?.[1],
      exit,
      out,
      missing: said.filter(([, part]) => !holds(message, part)).map(([name, part]) => `${name}: ${String(part)}`),
      hint: /^ {2}hint: ./m.test(message),
      message,
    }).toEqual({ code: bad.code, exit: bad.exit ?? 2, out: '', missing: [], hint: true, message });
  });
}

describe('a bad configuration says what, where, what is accepted and what to do', () => check(badConfigurations));
describe('so does a plugin that is not found', () => check(badNames));
describe('so does a bad package', () => check(badPackages));
describe('so does a definition that lacks something', () => check(badDefinitions));
describe('so do bad options', () => check(badOptions));
describe('so does a package that may not run', () => check(badTrust));
describe('so does a plugin that behaves badly', () => check(badBehaviour));
describe('of two faults the first in the written order of checks is told', () => check(twoFaults));

describe('a whole message', () => {
  const whole: readonly [string, string][] = [
    [
      'a package that is not installed',
      `error PLUGIN_NOT_FOUND: run.yaml:1:16: the reward package "turnwise-reward-tidy" is not installed; looked from FOLDER upwards.
  hint: npm install turnwise-reward-tidy
`,
    ],
    [
      'an unknown strategy',
      `error CONFIG_INVALID: run.yaml:1:11: strategy names no strategy: got "tpso". Did you mean "tspo"? Known: tspo, tspo-literal, tspo-careful, tspo-dense, grpo, outcome-only.
  hint: All keys: \`turnwise config schema\`; what a file comes to: \`turnwise config print\`.
`,
    ],
    [
      'a method is missing',
      `error PLUGIN_INIT_FAILED: run.yaml:1:16: the reward "broken" was created without the method \`shape\`; what create() returned has score.
  hint: Return an object with \`shape\` from create().
`,
    ],
    [
      'a search tool that returns too few outcomes',
      `error CONTRACT_SEARCH_LENGTH: The search tool returned 0 outcomes for 1 queries.
  where: search broken
  hint: A search tool returns one outcome for each query, in the order of the queries.
`,
    ],
  ];
  it.each(whole)('%s', async (name, text) => {
    const bad = all.find((one) => one.name === name);
    const { own, error } = await told(bad as BadCase);
    expect(error.replaceAll(own, 'FOLDER')).toBe(text);
  });
});

it('has at least 25 cases, and ten of two faults', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(25);
  expect(twoFaults.length).toBeGreaterThanOrEqual(10);
});
