export { listCheckpoints, readCheckpoint, stepName, type Checkpoint } from './checkpoints.js';
export { metricKeys, metricLine } from './metric-line.js';
export { readMetrics } from './read-metrics.js';
export { RunFolder } from './run-folder.js';
export { printableConfig, runManifest, type RunManifest } from './run-manifest.js';
export { runPlace } from './run-place.js';
export { tensorBoardTracker } from './tensorboard-tracker.js';
export { withPluginMetrics } from './with-plugin-metrics.js';
