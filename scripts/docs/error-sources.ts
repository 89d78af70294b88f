import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { publishedWorkspaces, root } from '../packages/workspaces.js';

/** A place in the sources that names an error code. */
export interface CodeUse {
  readonly code: string;
  /** Package, e.g. `@turnwise/core`. */
  readonly packageName: string;
  /** Room of the package, the first folder below `src`; empty for a file directly in it. */
  readonly room: string;
  /** From the root of the checkout: `packages/core/src/config/load-config.ts:42`. */
  readonly place: string;
  /** Whether the code is only compared with here, not given to an error. */
  readonly compared: boolean;
}

const table = 'packages/core/src/errors/error-codes.ts';

/**
 * Every error code the sources of the published packages name as a string, tests and the table itself left out. What
 * looks like a code is found by its family, so a code the table does not know is found too.
 *
 * @param families First words of codes, e.g. `CONFIG`.
 */
export function codeUses(families: readonly string[]): CodeUse[] {
  // Codes in comments stand in backticks or bare; only in code do they stand in quotes.
  const literal = new RegExp(`(?<before>\\S*\\s*)'(?<code>(?:${families.join('|')})_[A-Z_]*[A-Z])'`, 'g');
  const thrown = /new TurnwiseError\(\s*'(?<code>[^']+)'/g;
  return publishedWorkspaces().flatMap(({ folder, manifest: { name } }) =>
    sourcesOf(`${folder}/src`).flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const inner = file.slice(`${folder}/src/`.length).split('/');
      const room = inner.length > 1 ? (inner[0] ?? '') : '';
      const use = (match: RegExpExecArray): CodeUse => ({
        code: match.groups?.['code'] ?? '',
        packageName: name,
        room,
        place: `${file}:${text.slice(0, match.index).split('\n').length}`,
        compared: /([!=]==|case)\s*$/.test(match.groups?.['before'] ?? ''),
      });
      const named = [...text.matchAll(literal)].map(use);
      const others = [...text.matchAll(thrown)].map(use);
      return [...named, ...others.filter(({ code }) => !named.some((one) => one.code === code))];
    }),
  );
}

function sourcesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /(?<!\.test|\.fixture|\.d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .filter((file) => file !== table)
    .sort();
}
