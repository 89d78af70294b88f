/**
 * Holds the public surface of every published package to the reports in etc/api.
 *
 *     npm run api:check     fails when a surface is not what its report says
 *     npm run api:report    writes the reports that do not fit
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../packages/workspaces.js';
import { publicSurfaces } from './public-surface.js';

const folder = join(root, 'etc/api');
const reports = new Map(
  publicSurfaces().map(({ packageName, text }) => [`${packageName.replace('@turnwise/', '')}.api.md`, text]),
);

function read(file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return '';
  }
}

/** Lines only one of two texts has; enough to see what a change does to users. */
function changedLines(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const [oldSet, nowSet] = [new Set(old), new Set(now)];
  const gone = old.filter((line) => !nowSet.has(line)).map((line) => `- ${line}`);
  const come = now.filter((line) => !oldSet.has(line)).map((line) => `+ ${line}`);
  return gone.length + come.length === 0 ? ['(some lines are there more or less often)'] : [...gone, ...come];
}

/** The compiler lists members of inferred types in the order it met them, which differs from build to build: no change. */
const sortedLines = (text: string): string => text.split('\n').sort().join('\n');

mkdirSync(folder, { recursive: true });
const stale = [...reports].filter(([file, text]) => sortedLines(read(file)) !== sortedLines(text));
const orphans = readdirSync(folder).filter((file) => !reports.has(file));
if (process.argv.includes('--write')) {
  for (const file of orphans) rmSync(join(folder, file));
  for (const [file, text] of stale) writeFileSync(join(folder, file), text);
  console.log(`${reports.size} packages, ${stale.length} reports written to etc/api`);
} else {
  for (const [file, text] of stale) {
    const lines = changedLines(read(file), text);
    const more = lines.length > 20 ? [`... ${lines.length - 20} more`] : [];
    console.log([`etc/api/${file} does not fit:`, ...lines.slice(0, 20), ...more].join('\n  '));
  }
  for (const file of orphans) console.log(`etc/api/${file} belongs to no published package`);
  const wrong = stale.length + orphans.length;
  const advice = wrong === 0 ? '' : '; if that is meant: npm run api:report, and read docs/reference/compatibility.md';
  console.log(`${reports.size} packages, ${wrong} reports that do not fit${advice}`);
  process.exitCode = wrong === 0 ? 0 : 1;
}
