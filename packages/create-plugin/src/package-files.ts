import { coreVersion, optionsTable } from '@turnwise/core';
import { packageName, type NewPlugin } from './new-plugin.js';
import { templates, templateSource, type Template } from './templates.js';
import { toolVersions } from './tool-versions.js';

/** Every file of a new plugin package: path from its folder, and content. */
export async function packageFiles(plugin: NewPlugin, year: number): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['package.json', json(manifest(plugin))],
    ['tsconfig.json', json(compilerConfiguration)],
    ['src/index.ts', await templateSource(plugin.kind, plugin.id)],
    ['test/conformance.test.ts', conformanceTest(plugin)],
    ['README.md', readme(plugin)],
    ['LICENSE', license(plugin.author, year)],
    ['.github/workflows/ci.yml', workflow],
    ['.gitignore', 'node_modules/\ndist/\n*.tgz\n'],
  ]);
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

function manifest(plugin: NewPlugin): object {
  const { kind, id, author } = plugin;
  return {
    name: packageName(plugin),
    version: '0.1.0',
    description: `${templates[kind].summary}; for Turnwise`,
    license: 'MIT',
    author,
    type: 'module',
    engines: { node: '>=20.19' },
    // `default` and not only `import`: the loader resolves like `require` does, too.
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
    files: ['dist', 'README.md', 'LICENSE'],
    sideEffects: false,
    keywords: ['turnwise-plugin', `turnwise-plugin-${kind}`],
    turnwise: { apiVersion: templates[kind].plugin.apiVersion, kind, id },
    scripts: {
      build: 'tsup src/index.ts --format esm --target node20 --sourcemap --clean && tsc',
      test: 'tsc --noEmit && node --import tsx --test test/conformance.test.ts',
      readme: 'turnwise-testkit options README.md',
      prepack: 'npm run build',
    },
    peerDependencies: { '@turnwise/core': `^${coreVersion}` },
    dependencies: { zod: toolVersions.zod },
    devDependencies: {
      '@turnwise/core': coreVersion,
      '@turnwise/testkit': coreVersion,
      '@types/node': toolVersions.nodeTypes,
      tsup: toolVersions.tsup,
      tsx: toolVersions.tsx,
      typescript: toolVersions.typescript,
    },
  };
}

/** JavaScript comes from tsup, declarations from the compiler. */
const compilerConfiguration = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2023'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: 'src',
    outDir: 'dist',
  },
  include: ['src'],
};

function conformanceTest({ kind }: NewPlugin): string {
  const { conformance, settings }: Template = templates[kind];
  return `import { describe, it } from 'node:test';
import { ${conformance} } from '@turnwise/testkit';
import plugin from '../src/index.js';

${conformance}({ describe, it }, plugin${settings === undefined ? '' : `, ${settings}`});
`;
}

function readme(plugin: NewPlugin): string {
  const name = packageName(plugin);
  const { summary, configuration, plugin: definition } = templates[plugin.kind];
  return `# ${name}

${summary}. A plugin for [Turnwise](https://www.npmjs.com/package/turnwise).

\`\`\`sh
npm install ${name}
\`\`\`

\`\`\`yaml
${configuration(name)}
\`\`\`

A plugin is code with the rights of the process that loads it: read it before you install it.

## Options

<!-- options -->
${optionsTable(definition)}
<!-- /options -->

\`npm run build && npm run readme\` writes this table anew from the schema in \`src/index.ts\`.

## Develop

\`\`\`sh
npm install
npm test            # types, then the conformance kit: what every ${plugin.kind} plugin must do
npm run build
npm publish --access public
\`\`\`
`;
}

function license(author: string, year: number): string {
  return `MIT License

Copyright (c) ${year} ${author}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;
}

const workflow = `name: ci
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix: { node: [20, 22, 24] }
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: "\${{ matrix.node }}" }
      - run: npm install
      - run: npm run build
      - run: npm test
`;
