/**
 * Packs every published package and judges the tarballs as a stranger's project will meet them: publint on the manifest
 * and files, are-the-types-wrong on the declarations. Needs `npm run build` first.
 *
 *     npm run packages:check [-- --write]
 *
 * `--write` puts the sizes into docs/reference/packages.md. Exit code 1 when anything is wrong.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packAll, type PackedPackage } from './pack-all.js';
import { publishedWorkspaces, root } from './workspaces.js';

/** What publint says of a tarball, in its own words. */
async function manifestProblems(packed: PackedPackage): Promise<string[]> {
  const tarball = new Uint8Array(readFileSync(packed.file)).buffer;
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
}

/** What are-the-types-wrong says; our packages are ECMAScript modules only. */
function typeProblems({ file }: PackedPackage): string[] {
  const attw = join(root, 'node_modules', '.bin', 'attw');
  try {
    execFileSync(attw, [file, '--profile', 'esm-only', '--format', 'ascii', '--no-color'], { encoding: 'utf8' });
    return [];
  } catch (error) {
    return [String((error as { stdout?: unknown }).stdout ?? error)];
  }
}

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);

function sizesPage(packages: readonly PackedPackage[]): string {
  const dependencies = new Map(
    publishedWorkspaces().map(({ manifest }) => [manifest.name, Object.keys(manifest.dependencies ?? {})]),
  );
  const rows = packages.map(({ name, size, unpackedSize, entryCount }) => {
    const needed = dependencies.get(name) ?? [];
    const foreign = needed.filter((dependency) => !dependencies.has(dependency));
    return `| \`${name}\` | ${kilobytes(size)} | ${kilobytes(unpackedSize)} | ${entryCount} | ${foreign.join(', ') || 'none'} |`;
  });
  return `# Packages

Sizes of the tarballs as they would be published, in kB, written by \`npm run build && npm run packages:check -- --write\`,
which also holds every package to publint and are-the-types-wrong (ECMAScript modules only). Direct dependencies of ours are
left out of the last column.

| package | packed | unpacked | files | direct dependencies |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

const folder = mkdtempSync(join(tmpdir(), 'turnwise-packages-'));
try {
  const packages = packAll(folder);
  let wrong = 0;
  for (const packed of packages) {
    const problems = [...(await manifestProblems(packed)), ...typeProblems(packed)];
    wrong += problems.length;
    const verdict = problems.length === 0 ? 'ok' : problems.join('\n  ');
    console.log(`${packed.name} ${kilobytes(packed.size)} kB: ${verdict}`);
  }
  if (process.argv.includes('--write')) writeFileSync(join(root, 'docs/reference/packages.md'), sizesPage(packages));
  console.log(`${packages.length} packages, ${wrong} problems`);
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
