/**
 * The first half of `npm run release`: refuses to publish what npm would refuse half-way through, with some packages
 * published and others not. Exit code 1 when anything is missing.
 */
import { releaseProblems } from './release-problems.js';
import { publishedWorkspaces } from './workspaces.js';

const problems = releaseProblems(publishedWorkspaces());
for (const problem of problems.slice(0, 5)) console.error(problem);
if (problems.length > 5) console.error(`... and ${problems.length - 5} more`);
if (problems.length > 0) {
  console.error('Nothing was published. What to write: docs/reference/releasing.md');
  process.exitCode = 1;
}
