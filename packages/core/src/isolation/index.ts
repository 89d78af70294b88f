export { inWorkerIfAsked } from './isolated-plugin.js';
