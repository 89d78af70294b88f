import { describe, expect, it } from '@jest/globals';
import * as tensorflow from '@tensorflow/tfjs';
import { createRequire } from 'node:module';
import { EngineUnavailable } from './engine-unavailable.js';
import { openEngine, type EngineChoice } from './open-engine.js';
import { smallConfig } from './testing/small-models.js';
import { keepOldUtil } from './tfjs/load-tensorflow.js';

const missing = (name: string): Error =>
  Object.assign(new Error(`Cannot find package '${name}' imported from here`), { code: 'ERR_MODULE_NOT_FOUND' });

/** A machine on which these packages are installed; an Error is what importing throws. */
function machine(packages: Record<string, unknown>) {
  const lines: string[] = [];
  const open = (engine: EngineChoice) =>
    openEngine({
      config: smallConfig(),
      seed: 1,
      engine,
      log: (line) => lines.push(line),
      importModule: (name) => {
        const module = packages[name] ?? missing(name);
        return module instanceof Error ? Promise.reject(module) : Promise.resolve(module);
      },
    });
  return { open, lines };
}

/** TensorFlow.js as if it computed on a graphics processor, or not. */
const native = (isUsingGpuDevice: boolean, changes: object = {}): object => ({
  default: { ...tensorflow, backend: () => ({ isUsingGpuDevice }), ...changes },
});
const gpu = '@tensorflow/tfjs-node-gpu';
const cpu = '@tensorflow/tfjs-node';
const script = '@tensorflow/tfjs';

describe('openEngine', () => {
  it('auto takes a graphics processor where there is one and the embedded engine elsewhere, and says why', async () => {
    const with_ = machine({ [gpu]: native(true) });
    expect((await with_.open('auto')).name).toMatch(/^tfjs/);
    expect(with_.lines).toEqual([`engine: TensorFlow.js from ${gpu}, backend cpu`]);
    const without = machine({ [cpu]: native(false), [script]: tensorflow });
    expect((await without.open('auto')).name).toBe('wasm');
    expect(without.lines).toEqual([`engine: embedded (wasm); ${gpu} is not installed`]);
  });

  it('tfjs takes the best there is', async () => {
    const best = machine({ [cpu]: native(false), [script]: tensorflow });
    await best.open('tfjs');
    expect(best.lines).toEqual([`engine: TensorFlow.js from ${cpu}, backend cpu; ${gpu} is not installed`]);
    const last = machine({
      [gpu]: new Error('libtensorflow.so.2: cannot open shared object file\nmore'),
      [script]: tensorflow,
    });
    await last.open('tfjs');
    expect(last.lines[0]).toBe(
      `engine: TensorFlow.js from ${script}, backend cpu; ${gpu} libtensorflow.so.2: cannot open shared object file; ${cpu} is not installed`,
    );
  });

  it('wasm asks for nothing', async () => {
    const { open, lines } = machine({});
    expect((await open('wasm')).name).toBe('wasm');
    expect(lines).toEqual([]);
  });

  it.each<[EngineChoice, Record<string, unknown>, string, string]>([
    [
      'tfjs',
      {},
      `The engine tfjs cannot be had: ${gpu} is not installed; ${cpu} is not installed; ${script} is not installed.`,
      cpu,
    ],
    ['tfjs-gpu', { [script]: tensorflow }, `The engine tfjs-gpu cannot be had: ${gpu} is not installed.`, gpu],
    ['tfjs-gpu', { [gpu]: native(false) }, 'finds no graphics processor it can use', gpu],
    ['tfjs-gpu', { [gpu]: { default: 3 } }, 'is not TensorFlow.js', gpu],
    [
      'tfjs-gpu',
      { [gpu]: native(true, { matMul: () => tensorflow.tensor1d([1, 2]) }) },
      'multiplies matrices wrongly (1,2)',
      gpu,
    ],
  ])('%s says what is missing and how to get it (%#)', async (engine, packages, message, name) => {
    const error: unknown = await machine(packages)
      .open(engine)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineUnavailable);
    expect((error as EngineUnavailable).message).toContain(message);
    expect((error as EngineUnavailable).install).toBe(`npm install ${name}@4.22.0`);
  });

  it('gives back to newer Node what the native packages call', () => {
    const util = createRequire(import.meta.url)('node:util') as { isNullOrUndefined?: unknown };
    const original = util.isNullOrUndefined;
    delete util.isNullOrUndefined;
    keepOldUtil();
    const mended = util.isNullOrUndefined as (value: unknown) => boolean;
    expect([null, undefined, 0].map(mended)).toEqual([true, true, false]);
    if (original !== undefined) util.isNullOrUndefined = original;
  });
});
