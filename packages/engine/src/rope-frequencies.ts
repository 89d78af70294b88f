import type { TransformerConfig } from './transformer-config.js';

/** Stretches rotary positions beyond the length a model was pretrained at. */
export type RopeScaling =
  /** Positions divided by `factor`. Chen et al. 2023, "Extending Context Window of Large Language Models". */
  | { readonly kind: 'linear'; readonly factor: number }
  /** Llama 3.1: low frequencies divided by `factor`, high ones kept, those between blended. */
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      /** Wavelengths above originalContextLength / lowFrequencyFactor are divided by `factor`. */
      readonly lowFrequencyFactor: number;
      /** Wavelengths below originalContextLength / highFrequencyFactor are kept. */
      readonly highFrequencyFactor: number;
      readonly originalContextLength: number;
    };

/** Angle per position of each pair of lanes [headSize / 2]: theta^(-2i / headSize), scaled. */
export function ropeFrequencies({ headSize, ropeTheta, ropeScaling }: TransformerConfig): Float64Array {
  const half = headSize / 2;
  const plain = Float64Array.from({ length: half }, (_, i) => ropeTheta ** (-i / half));
  return ropeScaling === null ? plain : plain.map((frequency) => scaled(frequency, ropeScaling));
}

function scaled(frequency: number, scaling: RopeScaling): number {
  if (scaling.kind === 'linear') return frequency / scaling.factor;
  const { factor, lowFrequencyFactor, highFrequencyFactor, originalContextLength } = scaling;
  const turns = (originalContextLength * frequency) / (2 * Math.PI);
  if (turns < lowFrequencyFactor) return frequency / factor;
  if (turns > highFrequencyFactor) return frequency;
  const kept = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
  return (1 - kept) * (frequency / factor) + kept * frequency;
}

/** Throws an Error that names the number and what is allowed. */
export function validateRopeScaling(scaling: RopeScaling): void {
  const positive = (name: string, value: number, least: number): void => {
    if (!(Number.isFinite(value) && value >= least && value > 0)) {
      throw new Error(`config.ropeScaling.${name} must be a number of at least ${least}, got ${value}`);
    }
  };
  positive('factor', scaling.factor, 1);
  if (scaling.kind === 'linear') return;
  positive('lowFrequencyFactor', scaling.lowFrequencyFactor, 0);
  positive('originalContextLength', scaling.originalContextLength, 1);
  if (!(scaling.highFrequencyFactor > scaling.lowFrequencyFactor)) {
    throw new Error(
      `config.ropeScaling.highFrequencyFactor must be above lowFrequencyFactor ${scaling.lowFrequencyFactor}, ` +
        `got ${scaling.highFrequencyFactor}`,
    );
  }
}
