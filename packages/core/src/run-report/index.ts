export * from './read-run-report.js';
export * from './run-report-page.js';
export * from './trajectory-view.js';
export * from './write-run-report.js';
