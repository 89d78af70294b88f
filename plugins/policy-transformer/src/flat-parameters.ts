import type { Engine, ParameterTensor } from '@turnwise/engine';

/** Tensors laid end to end in one run of floats, in the order the engine lists them. */
export function flatLength(tensors: readonly ParameterTensor[]): number {
  return tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Calls `visit` with each tensor's name and its part of `run`. */
export function forEachPart(
  run: Float32Array,
  tensors: readonly ParameterTensor[],
  visit: (name: string, part: Float32Array) => void,
): void {
  let start = 0;
  for (const { name, shape } of tensors) {
    const size = sizeOf(shape);
    visit(name, run.subarray(start, start + size));
    start += size;
  }
}

/** Copies the engine's gradients into a run of `flatLength(engine.trainedParameters())` floats. */
export function readGradients(engine: Engine, run: Float32Array): void {
  forEachPart(run, engine.trainedParameters(), (name, part) => engine.readGradient(name, part));
}

/** The reverse of `readGradients`. */
export function writeGradients(engine: Engine, run: Float32Array): void {
  forEachPart(run, engine.trainedParameters(), (name, part) => engine.writeGradient(name, part));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
