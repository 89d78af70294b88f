import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { scoreTable } from './scores.js';
import { subjectOf } from './subjects.js';

/**
 * Changes the code in small ways, one at a time, and sees whether a test fails: `npm run test:mutation -- credit`. Prints a
 * table of scores and writes every mutant that no test noticed to runs/mutation/credit.txt, all mutants to credit.json.
 */
const given = process.argv.slice(2);
const words = given.filter((word) => !word.startsWith('tests='));
const asked = given.filter((word) => word.startsWith('tests=')).map((word) => word.slice('tests='.length));
if (words.length === 0)
  throw new Error('Name what to mutate: credit, core, engine, a package or plugin, a folder, a file.');
const { mutate, testFiles } = subjectOf(words, asked);
const place = `runs/mutation/${words
  .join('+')
  .replaceAll(/[^\w.+-]+/g, '-')
  .slice(0, 100)}`;
const results = await new Stryker({
  mutate: [...mutate],
  testFiles: [...testFiles],
  jsonReporter: { fileName: `${place}.json` },
}).runMutationTest();

const left = results.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
writeFileSync(`${place}.txt`, left.map(described).join(''));
process.stdout.write(`${scoreTable(results.map((mutant) => ({ ...mutant, file: relative('.', mutant.fileName) })))}\n`);

function described({ fileName, location, status, mutatorName, replacement }: MutantResult): string {
  const { start, end } = location;
  const place = `${relative('.', fileName)}:${start.line}:${start.column}-${end.line}:${end.column}`;
  return `${place} ${status} ${mutatorName} -> ${replacement.replaceAll(/\s+/g, ' ')}\n`;
}
