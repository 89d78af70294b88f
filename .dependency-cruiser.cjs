/** Tests and what they share may import more: test kits, other packages to try things on. */
const tests = '[.](test|fixture)[.]ts$';

/** The arrows between the rooms of the house: cli -> server -> core, plugins -> core. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Modules that need each other at run time cannot be understood or tested apart.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'core-stands-alone',
      comment: 'The core knows none of its users.',
      severity: 'error',
      from: { path: '^packages/core/src' },
      to: { path: '^(plugins|packages/(?!core/))' },
    },
    {
      name: 'contract-holds-types-only',
      comment: 'The contracts have no behaviour and import nothing but each other.',
      severity: 'error',
      from: { path: '^packages/core/src/contract' },
      to: { pathNot: '^packages/core/src/contract' },
    },
    {
      name: 'container-in-one-folder',
      comment: 'Inversify and reflect-metadata live in the composition root alone.',
      severity: 'error',
      from: { pathNot: '^packages/core/src/container/' },
      to: { path: '(^|/)node_modules/(inversify|@inversifyjs|reflect-metadata)/' },
    },
    {
      name: 'engine-stands-alone',
      comment: 'The engine computes; it knows neither runs nor plugins.',
      severity: 'error',
      from: { path: '^packages/engine/src', pathNot: tests },
      to: { path: '^(plugins|packages/(?!engine/))' },
    },
    {
      name: 'plugins-see-the-core',
      comment: 'A plugin imports the core and nothing else of ours.',
      severity: 'error',
      from: { path: '^plugins/((?!policy-transformer)[^/]+)/src', pathNot: tests },
      to: { path: '^(plugins|packages)/', pathNot: ['^plugins/$1/', '^packages/core/'] },
    },
    {
      name: 'transformer-sees-core-and-engine',
      comment: 'The policy that computes also imports the engine.',
      severity: 'error',
      from: { path: '^plugins/policy-transformer/src', pathNot: tests },
      to: { path: '^(plugins|packages)/', pathNot: '^(plugins/policy-transformer|packages/(core|engine))/' },
    },
    {
      name: 'nobody-imports-a-plugin-by-path',
      comment: 'Plugins are packages: they are imported by name, and only the command line names them.',
      severity: 'error',
      from: { path: '^packages/', pathNot: `^packages/cli/src/|${tests}` },
      to: { path: '^plugins/' },
    },
    {
      name: 'server-below-cli',
      comment: 'The command line starts the server, never the other way round.',
      severity: 'error',
      from: { path: '^(packages/(?!cli/)|plugins/)' },
      to: { path: '^packages/cli/' },
    },
    {
      name: 'page-sees-types-only',
      comment: 'The page runs in a browser: of our packages it may know the types and nothing that runs.',
      severity: 'error',
      from: { path: '^packages/dashboard/page', pathNot: tests },
      to: { path: '^(plugins|packages/(?!dashboard/))', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'testkit-sees-the-core',
      comment: 'What authors test with knows the contracts and no plugin of ours.',
      severity: 'error',
      from: { path: '^packages/testkit/src', pathNot: tests },
      to: { path: '^(plugins|packages/(?!testkit/|core/))' },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'What is imported stands in the package.json beside it.',
      severity: 'error',
      from: { pathNot: `${tests}|^(test|scripts)/|^packages/dashboard/page/` },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|runs|wasm|built)/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    tsConfig: { fileName: 'tsconfig.check.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['turnwise-source', 'import', 'node', 'default'],
    },
  },
};
