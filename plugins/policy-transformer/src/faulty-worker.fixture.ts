import { parentPort, threadId, workerData } from 'node:worker_threads';
import type { Engine } from '@turnwise/engine';
import { faultHows, faultPlaces, type FaultHow, type FaultPlace } from './fault.fixture.js';
import { serveWorker } from './serve-worker.js';
import type { WorkerSetup } from './worker-messages.js';

const { fault: buffer, ...setup } = workerData as WorkerSetup & { fault: SharedArrayBuffer };
const fault = new Int32Array(buffer);

/** Ends this thread if the fault is armed for this place. */
function pass(place: FaultPlace): void {
  if (faultPlaces[Atomics.load(fault, 0)] !== place) return;
  if (Atomics.sub(fault, 2, 1) <= 0) return;
  const how = faultHows[Atomics.load(fault, 1)] as FaultHow;
  if (how === 'exit') process.exit(7);
  if (how === 'throw') throw new Error(`thrown in the ${place}`);
  if (how === 'memory') {
    const hoard: unknown[] = [];
    for (;;) hoard.push(new Array(10_000).fill(hoard.length));
  }
  Atomics.store(fault, 3, threadId);
  Atomics.wait(fault, 3, threadId);
}

/** The engine, with places to die at: before anything, with a gradient half made, and with half of it handed over. */
function faulty(engine: Engine): Engine {
  let tensors = 0;
  const changes: Partial<Engine> = {
    forward: (...call) => {
      pass('forward');
      return engine.forward(...call);
    },
    backward: (...call) => {
      engine.backward(...call);
      tensors = 0;
      pass('backward');
    },
    readGradient: (...call) => {
      if (++tensors === 4) pass('reduction');
      return engine.readGradient(...call);
    },
    openDecoder: (options) => {
      const decoder = engine.openDecoder(options);
      const extend = decoder.extend.bind(decoder);
      let calls = 0;
      decoder.extend = (...call) => {
        if (++calls % 4 === 0) pass('rollout');
        return extend(...call);
      };
      return decoder;
    },
  };
  return new Proxy(engine, {
    get: (target, key) => {
      const value = (key in changes ? changes : target)[key as keyof Engine] as unknown;
      return typeof value === 'function' ? (value as (...words: unknown[]) => unknown).bind(target) : value;
    },
  });
}

if (parentPort) serveWorker(parentPort, setup, faulty);
