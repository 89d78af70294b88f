// Worker threads do not inherit the loader that reads TypeScript sources, so in a checkout this file registers it and
// then starts the worker. It is not part of the published package, whose worker is JavaScript already.
import { register } from 'tsx/esm/api';

register();
await import('./reward-worker.ts');
