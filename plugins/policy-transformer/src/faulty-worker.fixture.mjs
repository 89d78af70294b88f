// As compute-worker-from-sources.mjs, for the worker that can be made to die.
import { register } from 'tsx/esm/api';

register();
await import('./faulty-worker.fixture.ts');
