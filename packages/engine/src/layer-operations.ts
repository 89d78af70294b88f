import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';
import type { MatrixPlace } from './parameter-layout.js';

/** y[rows, outputs] = W x for each row of x[rows, inputs]; with `add`, y += W x. */
export function project(model: ModelMemory, w: MatrixPlace, x: Address, y: Address, rows: number, add = false): void {
  const packed = model.packedMatrix(w, 'forward');
  model.kernels.multiply(x, w.inputs * 4, packed, y, w.outputs * 4, rows, w.outputs, w.inputs, add ? 1 : 0);
}

/** dx[rows, inputs] = W^T dy for each row of dy[rows, outputs]; with `add`, dx += W^T dy. */
export function inputGradient(
  model: ModelMemory,
  w: MatrixPlace,
  dy: Address,
  dx: Address,
  rows: number,
  add = false,
): void {
  const packed = model.packedMatrix(w, 'backward');
  model.kernels.multiply(dy, w.outputs * 4, packed, dx, w.inputs * 4, rows, w.inputs, w.outputs, add ? 1 : 0);
}

/** dW += dy x^T, summed over the rows; of a frozen W the gradients of its adapters, if it has any. */
export function weightGradient(model: ModelMemory, w: MatrixPlace, dy: Address, x: Address, rows: number): void {
  const { kernels, adapters } = model;
  if (adapters !== null) {
    adapters.accumulate(w, dy, x, rows);
    return;
  }
  kernels.accumulateOuter(dy, w.outputs * 4, x, w.inputs * 4, model.gradient(w.offset), rows, w.outputs, w.inputs);
}

/** Adds the biases at offset `bias` to each row of y[rows, size]; null adds nothing. */
export function addBias(model: ModelMemory, bias: number | null, y: Address, rows: number, size: number): void {
  if (bias !== null) model.kernels.addBias(y, model.weight(bias), rows, size);
}

/** Adds the sum of the rows of dy[rows, size] to the biases' gradient, unless they are frozen. */
export function biasGradient(model: ModelMemory, bias: number | null, dy: Address, rows: number, size: number): void {
  if (bias !== null && model.trainsWeights) model.kernels.addBiasBackward(dy, model.gradient(bias), rows, size);
}

/** y = RMSNorm(x) with the weights at offset `gamma`; the inverse roots are kept in `inverse` for the backward pass. */
export function normalize(
  { kernels, config, weights }: ModelMemory,
  gamma: number,
  x: Address,
  y: Address,
  inverse: Address,
  rows: number,
): void {
  kernels.rmsNorm(x, weights + gamma * 4, y, inverse, rows, config.hiddenSize, config.rmsNormEpsilon);
}

/** dx += the gradient of `normalize` with respect to x, and the weights' gradient is added to. */
export function normalizeBackward(
  model: ModelMemory,
  gamma: number,
  dy: Address,
  x: Address,
  inverse: Address,
  dx: Address,
  rows: number,
): void {
  const { hiddenSize } = model.config;
  const [weights, gradients] = [model.weight(gamma), model.vectorGradient(gamma)];
  model.kernels.rmsNormBackward(dy, x, weights, inverse, dx, gradients, rows, hiddenSize);
}
