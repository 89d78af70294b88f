import type { Engine, ParameterTensor } from '@turnwise/engine';
import { flatLength, forEachPart } from './flat-parameters.js';

const HEADER_BYTES = 16;

/**
 * The parameters of a model in memory that all threads see. A counter before them is odd while they are written and
 * moves on with each writing, so that a reader can tell that it read one whole version.
 */
export class SharedParameters {
  private readonly counter: Int32Array;
  private readonly run: Float32Array;

  constructor(readonly buffer: SharedArrayBuffer) {
    this.counter = new Int32Array(buffer, 0, 1);
    this.run = new Float32Array(buffer, HEADER_BYTES);
  }

  /** Memory of the right size, with the engine's parameters in it. */
  static of(engine: Engine): SharedParameters {
    const shared = new SharedParameters(new SharedArrayBuffer(HEADER_BYTES + 4 * flatLength(allTensors(engine))));
    shared.write(engine, allTensors(engine), 0);
    return shared;
  }

  /** Replaces what training changes: the rest stays as it was. Only one thread may write. */
  publish(engine: Engine): void {
    const trained = engine.trainedParameters();
    this.write(engine, trained, frozenLength(engine));
  }

  /** Gives an engine of the same model these parameters; with `trained` only those that training changes. */
  readInto(engine: Engine, which: 'all' | 'trained'): void {
    const tensors = which === 'all' ? allTensors(engine) : engine.trainedParameters();
    const start = which === 'all' ? 0 : frozenLength(engine);
    // Again until nothing was written meanwhile.
    for (;;) {
      const before = Atomics.load(this.counter, 0);
      forEachPart(this.run.subarray(start), tensors, (name, part) => engine.writeParameter(name, part));
      if (before % 2 === 0 && Atomics.load(this.counter, 0) === before) return;
      Atomics.wait(this.counter, 0, before, 1);
    }
  }

  private write(engine: Engine, tensors: readonly ParameterTensor[], start: number): void {
    Atomics.add(this.counter, 0, 1);
    forEachPart(this.run.subarray(start), tensors, (name, part) => engine.readParameter(name, part));
    Atomics.add(this.counter, 0, 1);
  }
}

/** Frozen weights first, then what is trained: either all weights, or adapters after them. */
function allTensors(engine: Engine): readonly ParameterTensor[] {
  return engine.lora === null ? engine.parameters() : [...engine.parameters(), ...engine.trainedParameters()];
}

function frozenLength(engine: Engine): number {
  return engine.lora === null ? 0 : flatLength(engine.parameters());
}
