import { kernelModule, type RelaxedSimd } from './kernel-modules.js';

/** Address in the module's memory, in bytes; a multiple of 16 where floats lie. */
export type Address = number;

/** The functions of wasm/engine.wasm and of wasm/engine-relaxed.wasm; wasm/assembly holds their source and says what each computes. */
export interface Kernels {
  heapBase(): Address;
  multiply(
    a: Address,
    aStride: number,
    b: Address,
    c: Address,
    cStride: number,
    rows: number,
    columns: number,
    depth: number,
    accumulate: 0 | 1,
  ): void;
  accumulateOuter(
    y: Address,
    yStride: number,
    x: Address,
    xStride: number,
    w: Address,
    rows: number,
    outputs: number,
    inputs: number,
  ): void;
  packColumns(w: Address, packed: Address, outputs: number, inputs: number): void;
  packRows(w: Address, packed: Address, outputs: number, inputs: number): void;
  rmsNorm(x: Address, gamma: Address, y: Address, inverse: Address, rows: number, size: number, epsilon: number): void;
  rmsNormBackward(
    dy: Address,
    x: Address,
    gamma: Address,
    inverse: Address,
    dx: Address,
    dGamma: Address,
    rows: number,
    size: number,
  ): void;
  /** Strides in bytes; `y` may be `x`. */
  headNorm(
    x: Address,
    xStride: number,
    gamma: Address,
    y: Address,
    yStride: number,
    rows: number,
    heads: number,
    headSize: number,
    epsilon: number,
  ): void;
  headNormBackward(
    dy: Address,
    dyStride: number,
    x: Address,
    xStride: number,
    gamma: Address,
    dGamma: Address,
    rows: number,
    heads: number,
    headSize: number,
    epsilon: number,
  ): void;
  addBias(y: Address, bias: Address, rows: number, size: number): void;
  addBiasBackward(dy: Address, dBias: Address, rows: number, size: number): void;
  rope(
    x: Address,
    stride: number,
    rows: number,
    firstPosition: number,
    heads: number,
    headSize: number,
    cosines: Address,
    sines: Address,
    direction: 1 | -1,
    scale: number,
  ): void;
  packKeys(keys: Address, stride: number, panels: Address, firstPosition: number, rows: number, headSize: number): void;
  attention(
    queries: Address,
    queryStride: number,
    panels: Address,
    panelStride: number,
    values: Address,
    valueStride: number,
    output: Address,
    outputStride: number,
    logSums: Address,
    logSumStride: number,
    firstPosition: number,
    rows: number,
    headSize: number,
    scratch: Address,
  ): void;
  attentionCached(
    items: Address,
    count: number,
    queries: Address,
    keyValues: Address,
    output: Address,
    valuesOffset: number,
    heads: number,
    sharedHeads: number,
    headSize: number,
    cosines: Address,
    sines: Address,
    scale: number,
    scratch: Address,
  ): void;
  attentionBackward(
    queries: Address,
    queryStride: number,
    keys: Address,
    keyStride: number,
    keyPanels: Address,
    valuePanels: Address,
    output: Address,
    dOutput: Address,
    outputStride: number,
    logSums: Address,
    logSumStride: number,
    dQueries: Address,
    dKeys: Address,
    dValues: Address,
    firstPosition: number,
    rows: number,
    headSize: number,
    scratch: Address,
  ): void;
  copyRows(
    source: Address,
    sourceStride: number,
    destination: Address,
    destinationStride: number,
    rows: number,
    size: number,
  ): void;
  swiglu(gateUp: Address, activated: Address, rows: number, size: number): void;
  swigluBackward(
    gateUp: Address,
    dActivated: Address,
    dGateUp: Address,
    activated: Address,
    rows: number,
    size: number,
  ): void;
  embed(
    x: Address,
    tokens: Address,
    rows: number,
    history: number,
    table: Address,
    taps: Address,
    tapCount: number,
    size: number,
  ): void;
  embedBackward(
    dx: Address,
    tokens: Address,
    rows: number,
    table: Address,
    taps: Address,
    tapCount: number,
    dTable: Address,
    dTaps: Address,
    size: number,
  ): void;
  gatherRows(source: Address, rows: Address, count: number, destination: Address, size: number): void;
  scatterRows(source: Address, rows: Address, count: number, destination: Address, size: number): void;
  maskPadding(logits: Address, rows: number, vocabulary: number, padded: number): void;
  scoreTargets(
    logits: Address,
    targets: Address,
    rows: number,
    padded: number,
    inverseTemperature: number,
    logprobs: Address,
    entropies: Address,
    logSums: Address,
  ): void;
  scoreTargetsBackward(
    logits: Address,
    targets: Address,
    rows: number,
    padded: number,
    inverseTemperature: number,
    logSums: Address,
    entropies: Address,
    dLogprobs: Address,
    dEntropies: Address,
  ): void;
  softmaxWeights(logits: Address, weights: Address, padded: number, inverseTemperature: number): number;
  drawIndex(weights: Address, count: number, threshold: number): number;
  sumOfSquares(x: Address, count: number): number;
  adamw(
    weights: Address,
    gradients: Address,
    first: Address,
    second: Address,
    count: number,
    gradientScale: number,
    beta1: number,
    beta2: number,
    oneMinusBeta1: number,
    oneMinusBeta2: number,
    stepSize: number,
    rootCorrection: number,
    epsilon: number,
    decay: number,
  ): void;
}

export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages of 64 KiB; throws a RangeError at the maximum. */
  grow(pages: number): number;
}

export interface LoadedKernels {
  readonly kernels: Kernels;
  readonly memory: KernelMemory;
  /** Whether they are those with relaxed SIMD. */
  readonly relaxed: boolean;
}

// TypeScript's Node types leave WebAssembly to the DOM library; these are the two constructors used here.
declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number }) => KernelMemory;
  Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** Instantiates the kernels on a memory of their own that can grow to `maximumPages` pages of 64 KiB. */
export function loadKernels(maximumPages: number, relaxedSimd: RelaxedSimd = 'off'): LoadedKernels {
  const { module, relaxed } = kernelModule(relaxedSimd);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: maximumPages });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return { kernels: instance.exports as unknown as Kernels, memory, relaxed };
}
