/** A room of the house as the figure shows it. */
export interface Room {
  /** What it is for, in a few words. */
  readonly purpose: string;
  /** Its place in the way of the data, from 1; absent for what stands beside that way. */
  readonly step?: number;
}

/** The folders of `packages/core/src`. */
export const coreRoomPurposes: Readonly<Record<string, Room>> = {
  config: { purpose: 'one schema, one file, --set', step: 1 },
  data: { purpose: 'questions, passages, groups', step: 2 },
  rollout: { purpose: 'policy, protocol, search in turns', step: 3 },
  credit: { purpose: 'rewards, advantages, tokens', step: 4 },
  objective: { purpose: 'loss, KL, aggregation', step: 5 },
  training: { purpose: 'the loop of steps', step: 6 },
  run: { purpose: 'the run folder, resuming', step: 7 },
  comparison: { purpose: 'finished runs side by side' },
  container: { purpose: 'puts a run together' },
  contract: { purpose: 'the interfaces' },
  'credit-report': { purpose: 'credit, in words and side by side' },
  errors: { purpose: 'every code, its exit code' },
  evaluation: { purpose: 'held-out scores' },
  figures: { purpose: 'curves and intervals as SVG' },
  isolation: { purpose: 'rewards in a worker' },
  page: { purpose: 'the shell of our pages' },
  plugin: { purpose: 'finds, checks, trusts plugins' },
  progress: { purpose: 'the line in the terminal' },
  random: { purpose: 'named streams' },
  schema: { purpose: 'what is wrong with a value, where' },
  search: { purpose: 'the layer around search tools' },
  statistics: { purpose: 'means, intervals, tests' },
  text: { purpose: 'answers compared, text shown' },
};

/** The packages; all plugins are one. */
export const packagePurposes: Readonly<Record<string, Room>> = {
  cli: { purpose: 'the command line: composes, decides nothing' },
  server: { purpose: 'HTTP services, dashboard data' },
  dashboard: { purpose: 'the web page' },
  plugins: { purpose: 'everything interchangeable' },
  testkit: { purpose: 'conformance suites for authors' },
  wikiworld: { purpose: 'the generated world and its base' },
  engine: { purpose: 'the transformer, on WebAssembly and TensorFlow.js' },
  core: { purpose: 'everything below' },
  'create-plugin': { purpose: 'scaffolds a plugin' },
};
