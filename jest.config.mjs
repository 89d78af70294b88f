/** Tests run on the TypeScript sources of every workspace, as ECMAScript modules, without a build. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['turnwise-source', 'node', 'node-addons'] },
  testMatch: [
    '<rootDir>/{packages,plugins}/*/src/**/*.test.ts',
    '<rootDir>/packages/dashboard/page/**/*.test.ts',
    '<rootDir>/test/**/*.test.ts',
  ],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/runs/', '<rootDir>/test/packed/'],
  modulePathIgnorePatterns: ['/dist/', '/runs/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  coverageProvider: 'v8',
  testTimeout: 60000,
  maxWorkers: 2,
};
