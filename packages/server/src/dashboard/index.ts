export { startDashboard, type DashboardOptions, type RunningDashboard } from './start-dashboard.js';
export { RunViews } from './run-views.js';
export type * from './views.js';
