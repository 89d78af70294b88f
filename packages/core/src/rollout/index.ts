export * from './conversation.js';
export * from './run-trajectory.js';
export * from './rollout-groups.js';
export * from './search-r1-protocol.js';
export { TrajectorySlots } from './trajectory-slots.js';
