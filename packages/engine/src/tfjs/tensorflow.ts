import type * as tensorflow from '@tensorflow/tfjs';

/** The TensorFlow.js module, whichever package it came from: they export the same. */
export type TensorFlow = typeof tensorflow;
export type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
