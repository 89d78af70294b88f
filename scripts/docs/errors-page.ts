import { errorCodes } from '@turnwise/core';
import { codeUses, type CodeUse } from './error-sources.js';

/** What the first word of a code says. */
const families: Readonly<Record<string, string>> = {
  CONFIG: 'The configuration or the command line is wrong.',
  DATA: 'A corpus, question or group file is wrong.',
  PLUGIN: 'A plugin cannot be found, trusted, loaded or started.',
  CONTRACT: 'A plugin broke the promise of its interface.',
  TESTKIT: 'A conformance suite is used in a wrong way.',
  ROLLOUT: 'One trajectory failed; it is recorded on the trajectory, and the others go on.',
  RUN: 'A run cannot be started, written, read back or continued.',
};

export const familyOf = (code: string): string => code.slice(0, code.indexOf('_'));

/** Families of the table, in its order. */
export const errorFamilies = (): string[] => [...new Set(Object.keys(errorCodes).map(familyOf))];

/** docs/reference/errors.md. */
export function errorsPage(): string {
  const uses = codeUses(errorFamilies());
  const sections = errorFamilies().map((family) => {
    const codes = Object.entries(errorCodes).filter(([code]) => familyOf(code) === family);
    const entries = codes.map(
      ([code, { exit, meaning }]) =>
        `### ${code}\n\n${meaning}\n\nExit code ${exit}. Comes from ${originsOf(uses.filter((use) => use.code === code))}.`,
    );
    return [`## ${family}`, families[family] ?? '', ...entries].join('\n\n');
  });
  return `# Errors

Every error that is ours carries a code of this list. The message says what failed, the value, where it was asked for and what
would be accepted; \`hint\`, where there is one, the command or edit that mends it. A command that ends with an error
prints the code first and leaves with the exit code given here: 1 when something failed, 2 when it was called or configured
wrongly. An interrupted command leaves with 130.

Written from the table in \`packages/core/src/errors/error-codes.ts\` by \`npm run docs:reference\`.

${sections.join('\n\n')}
`;
}

/** `@turnwise/core` (config, plugin), `turnwise`. */
function originsOf(uses: readonly CodeUse[]): string {
  const rooms = new Map<string, Set<string>>();
  for (const { packageName, room, compared } of uses) {
    if (compared) continue;
    const known = rooms.get(packageName) ?? new Set();
    rooms.set(packageName, room === '' ? known : known.add(room));
  }
  return [...rooms]
    .map(([name, inside]) => `\`${name}\`${inside.size === 0 ? '' : ` (${[...inside].sort().join(', ')})`}`)
    .join(', ');
}
