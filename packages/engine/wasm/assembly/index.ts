export { attention, packKeys } from './attention';
export { attentionBackward } from './attention-backward';
export { attentionCached } from './attention-cached';
export { addBias, addBiasBackward } from './bias';
export { copyRows, gatherRows, scatterRows } from './copy';
export { drawIndex, softmaxWeights } from './draw';
export { embed, embedBackward } from './embedding';
export { maskPadding, scoreTargets, scoreTargetsBackward } from './head';
export { headNorm, headNormBackward } from './head-norm';
export { accumulateOuter, multiply, packColumns, packRows } from './matrix';
export { rmsNorm, rmsNormBackward } from './norm';
export { adamw, sumOfSquares } from './optimizer';
export { rope } from './rope';
export { swiglu, swigluBackward } from './swiglu';

/** First byte of memory that the module's own constants do not use. */
export function heapBase(): usize {
  return __heap_base;
}
