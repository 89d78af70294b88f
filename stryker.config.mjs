/** How mutants are made and run; which code and which tests, `npm run test:mutation` says (scripts/mutation). */
export default {
  packageManager: 'npm',
  testRunner: 'in-process',
  plugins: ['./scripts/mutation/stryker-plugins.ts'],
  testRunnerNodeArgs: ['--conditions=turnwise-source', '--import', 'tsx', '--no-warnings'],
  coverageAnalysis: 'perTest',
  // A mutant in what runs while modules load asks for a process of its own.
  ignoreStatic: true,
  ignorers: ['error-texts'],
  // Texts for people are no arithmetic.
  mutator: { excludedMutations: ['StringLiteral'] },
  ignorePatterns: ['docs', 'examples', 'integrations', 'dist', 'runs', 'packages/*/checkpoints', 'etc'],
  // The runner links the copy's own packages, and all others lie above it.
  symlinkNodeModules: false,
  disableTypeChecks: false,
  checkerNodeArgs: ['--import', 'tsx'],
  concurrency: 1,
  timeoutMS: 1500,
  timeoutFactor: 1.1,
  // Beneath the repository, so that its node_modules is found, and where no other tool looks.
  tempDirName: 'runs/mutation/copy',
  reporters: ['progress-append-only', 'json'],
  allowEmpty: true,
};
