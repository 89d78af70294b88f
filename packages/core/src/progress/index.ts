export { countProgress } from './count-progress.js';
export { formatDuration } from './format-duration.js';
export { ProgressTable, type ProgressTableOptions } from './progress-table.js';
export { StatusLine, type ProgressOutput, type StatusLineOptions } from './status-line.js';
export { textLogger, type LogLevel } from './text-logger.js';
export { trainingProgress } from './training-progress.js';
