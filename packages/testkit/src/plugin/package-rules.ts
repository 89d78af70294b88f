import semver from 'semver';
import { coreVersion } from '@turnwise/core';
import { demand, type Rule } from '../rule.js';
import { shown } from '../same-value.js';
import type { Subject } from '../subject.js';

type Fields = Readonly<Record<string, unknown>>;

const contentOf = ({ packageFile }: Subject): Fields => packageFile?.content ?? {};
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

/** What a package must say about itself, so that it can be found, judged before it is imported, and imported. */
export const packageRules: readonly Rule<Subject>[] = [
  {
    id: 'package/manifest',
    says: 'package.json says the same apiVersion, kind, id and version as the export',
    check: (subject) => {
      const { apiVersion, kind, id, version } = subject.plugin;
      const content = contentOf(subject);
      const declared = fieldsOf(content['turnwise']);
      for (const [key, expected] of Object.entries({ apiVersion, kind, id })) {
        demand(
          declared[key] === expected,
          () => `"turnwise".${key} of package.json is ${shown(declared[key])}, the export says ${shown(expected)}`,
          `write "turnwise": ${JSON.stringify({ apiVersion, kind, id })}`,
        );
      }
      demand(
        content['version'] === version,
        () => `package.json has version ${shown(content['version'])}, the export ${shown(version)}`,
        'read the version from package.json, or change both together',
      );
    },
  },
  {
    id: 'package/name',
    says: 'the package is called turnwise-<kind>-<id>, with or without a scope',
    check: (subject) => {
      const { kind, id } = subject.plugin;
      const name = String(contentOf(subject)['name']);
      const expected = `turnwise-${kind}-${id}`;
      demand(
        name === expected || name.endsWith(`/${expected}`) || name === `@turnwise/${kind}-${id}`,
        () => `the package is called ${shown(name)}`,
        `call it ${expected} or @scope/${expected}`,
      );
    },
  },
  {
    id: 'package/keywords',
    says: 'the keywords by which plugins are found are there',
    check: (subject) => {
      const keywords = contentOf(subject)['keywords'];
      const listed: readonly unknown[] = Array.isArray(keywords) ? keywords : [];
      for (const keyword of ['turnwise-plugin', `turnwise-plugin-${subject.kind}`]) {
        demand(listed.includes(keyword), () => `the keyword ${keyword} is missing`, 'add it to "keywords"');
      }
    },
  },
  {
    id: 'package/exports',
    says: 'it is an ECMAScript module that every resolver finds: exports["."] with the condition default',
    check: (subject) => {
      const { type, exports: exported } = contentOf(subject);
      demand(type === 'module', () => `"type" is ${shown(type)}`, 'write "type": "module"');
      const main = fieldsOf(exported)['.'] ?? exported;
      demand(
        typeof main === 'string' || typeof fieldsOf(main)['default'] === 'string',
        () => `exports["."] is ${shown(main)}`,
        'write "exports": { ".": { "types": "./dist/index.d.ts", "default": "./dist/index.js" } }',
      );
    },
  },
  {
    id: 'package/core',
    says: 'the core is a peer, in a range that holds the running version, and never a dependency of its own',
    check: (subject) => {
      const { peerDependencies, dependencies } = contentOf(subject);
      const range = fieldsOf(peerDependencies)['@turnwise/core'];
      demand(
        typeof range === 'string' && semver.satisfies(coreVersion, range, { includePrerelease: true }),
        () => `peerDependencies["@turnwise/core"] is ${shown(range)}, and ${coreVersion} is running`,
        `write "peerDependencies": { "@turnwise/core": "^${coreVersion}" }`,
      );
      demand(
        !('@turnwise/core' in fieldsOf(dependencies)),
        () => '@turnwise/core stands in "dependencies": a second copy would be installed',
        'keep it in "peerDependencies" and "devDependencies" alone',
      );
    },
  },
  {
    id: 'package/scripts',
    says: 'nothing runs when it is installed',
    check: (subject) => {
      const scripts = fieldsOf(contentOf(subject)['scripts']);
      const found = ['preinstall', 'install', 'postinstall'].filter((name) => name in scripts);
      demand(found.length === 0, () => `there is a script ${found.join(', ')}`, 'remove it: do the work in init()');
    },
  },
];
