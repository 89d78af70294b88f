import { createRequire } from 'node:module';
import { EngineUnavailable } from '../engine-unavailable.js';
import type { TensorFlow } from './tensorflow.js';

/** Packages that bring TensorFlow.js, fastest first. All are optional: none is installed unless the user asks for it. */
const packages = {
  gpu: '@tensorflow/tfjs-node-gpu',
  native: '@tensorflow/tfjs-node',
  script: '@tensorflow/tfjs',
} as const;

type Candidate = keyof typeof packages;

/** Gets a package's module; a test gives its own. */
export type ImportModule = (name: string) => Promise<unknown>;

/** A module that passed its probe, and a line that says which and why no better one. */
export interface LoadedTensorFlow {
  readonly tf: TensorFlow;
  readonly explanation: string;
}

/**
 * The best TensorFlow.js there is: with a graphics processor, native, or in plain JavaScript. Each is imported and
 * multiplies two small matrices before it is trusted.
 *
 * @param demand `gpu` takes a graphics processor or nothing; `any` takes what there is
 * @throws EngineUnavailable with the reason of every candidate and the command that installs one
 */
export async function loadTensorFlow(
  demand: 'gpu' | 'any',
  importModule: ImportModule = (name) => import(name),
): Promise<LoadedTensorFlow> {
  const candidates: readonly Candidate[] = demand === 'gpu' ? ['gpu'] : ['gpu', 'native', 'script'];
  const reasons: string[] = [];
  for (const candidate of candidates) {
    const name = packages[candidate];
    try {
      const tf = await probed(candidate, await importModule(name));
      const instead = reasons.length === 0 ? '' : `; ${reasons.join('; ')}`;
      return { tf, explanation: `TensorFlow.js from ${name}, backend ${tf.getBackend()}${instead}` };
    } catch (error) {
      reasons.push(`${name} ${reasonOf(name, error)}`);
    }
  }
  const wanted = demand === 'gpu' ? 'tfjs-gpu' : 'tfjs';
  const install = `npm install ${demand === 'gpu' ? packages.gpu : packages.native}@4.22.0`;
  throw new EngineUnavailable(`The engine ${wanted} cannot be had: ${reasons.join('; ')}.`, install);
}

async function probed(candidate: Candidate, module: unknown): Promise<TensorFlow> {
  const tf = asTensorFlow(module);
  if (candidate === 'script') await tf.setBackend('cpu');
  await tf.ready();
  if (candidate === 'gpu' && (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice !== true) {
    throw new Error('finds no graphics processor it can use');
  }
  const product = tf.tidy(() =>
    tf
      .matMul(
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]),
        tf.tensor2d([
          [5, 6],
          [7, 8],
        ]),
      )
      .dataSync(),
  );
  if (product.join() !== '19,22,43,50') throw new Error(`multiplies matrices wrongly (${product.join()})`);
  return tf;
}

/** A CommonJS package may arrive as the default export of a module. */
function asTensorFlow(module: unknown): TensorFlow {
  const direct = module as Partial<TensorFlow> & { readonly default?: TensorFlow };
  if (typeof direct.matMul === 'function') return direct as TensorFlow;
  if (typeof direct.default?.matMul === 'function') return direct.default;
  throw new Error('is not TensorFlow.js');
}

function reasonOf(name: string, error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = String(message).split('\n', 1)[0] ?? '';
  const isMissing = (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && text.includes(name);
  return isMissing ? 'is not installed' : text.replace(/\.$/, '');
}

/**
 * The native packages of TensorFlow.js 4.22 call `util.isNullOrUndefined`, which Node took away in version 23. Call this
 * before importing one.
 */
export function keepOldUtil(): void {
  const util = createRequire(import.meta.url)('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
