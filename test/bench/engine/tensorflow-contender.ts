import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { Engine } from '@turnwise/engine';
import { TfjsEngine } from '../../../packages/engine/src/tfjs/tfjs-engine.js';
import { fullWork, type Contender, type Work } from './contender.js';
import { engineContender } from './engine-contender.js';

export type Backend = 'wasm' | 'cpu';

/** Slow ones do a part of the work: speeds are compared by the token. */
const works: Readonly<Record<Backend, Work>> = {
  wasm: { ...fullWork, trainingSequences: 8, newTokens: 16 },
  cpu: { ...fullWork, trainingSequences: 2, prompts: 4, newTokens: 16 },
};

/** The second engine, on a backend of TensorFlow.js that installs from npm alone; the weights are those of `engine`. */
export async function tensorflowContender(engine: Engine, backend: Backend): Promise<Contender> {
  if (backend === 'wasm') {
    const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
    setWasmPaths(join(dirname(manifest), 'dist/'));
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend '${backend}'`);
  const other = new TfjsEngine(tf, engine.config, 1, {});
  for (const { name } of engine.parameters()) other.writeParameter(name, engine.readParameter(name));
  const contender = engineContender(
    `tfjs, ${backend}`,
    other,
    { 'tensorflow.js': tf.version.tfjs, threads: 1 },
    works[backend],
  );
  return {
    ...contender,
    train: () => on(backend, () => contender.train()),
    sample: () => on(backend, () => contender.sample()),
  };
}

/** TensorFlow.js has one backend at a time. */
async function on<Result>(backend: Backend, work: () => Promise<Result>): Promise<Result> {
  await tf.setBackend(backend);
  return work();
}
