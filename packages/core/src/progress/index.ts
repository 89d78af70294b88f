export { countProgress } from './count-progress.js';
export { formatDuration } from './format-duration.js';
export { StatusLine, type ProgressOutput, type StatusLineOptions } from './status-line.js';
export { textLogger, type LogLevel } from './text-logger.js';
export { trainingProgress } from './training-progress.js';
