import type { ConfigJson } from './config-json.js';
import type { RopeScaling } from './rope-frequencies.js';
import type { TransformerConfig } from './transformer-config.js';

/** Hugging Face's keys for the numbers of a scaling. */
const keys = {
  factor: 'factor',
  lowFrequencyFactor: 'low_freq_factor',
  highFrequencyFactor: 'high_freq_factor',
  originalContextLength: 'original_max_position_embeddings',
} as const;

/**
 * The rotary positions of a `config.json`: `rope_theta` and `rope_scaling` as transformers 4 writes them, or
 * `rope_parameters` as transformers 5 does. Throws an Error on a kind of scaling that is not computed here.
 */
export function ropeFromJson(json: ConfigJson): Pick<TransformerConfig, 'ropeTheta' | 'ropeScaling'> {
  const name = json.rope_parameters == null ? 'rope_scaling' : 'rope_parameters';
  const found = json[name] ?? {};
  if (typeof found !== 'object' || Array.isArray(found)) {
    throw new Error(`${name}: expected an object or null, found ${JSON.stringify(found)}`);
  }
  const parameters = found as ConfigJson;
  const theta = json.rope_theta ?? parameters.rope_theta ?? 10_000;
  if (typeof theta !== 'number') throw new Error(`rope_theta: expected a number, found ${JSON.stringify(theta)}`);
  const number = (key: string): number => {
    const value = parameters[key];
    if (typeof value !== 'number') throw new Error(`${name}.${key}: expected a number, found ${JSON.stringify(value)}`);
    return value;
  };
  const kind = parameters.rope_type ?? parameters.type ?? 'default';
  if (parameters.partial_rotary_factor !== undefined && parameters.partial_rotary_factor !== 1) {
    throw new Error(
      `${name}.partial_rotary_factor: expected 1, found ${JSON.stringify(parameters.partial_rotary_factor)}`,
    );
  }
  if (kind === 'default') return { ropeTheta: theta, ropeScaling: null };
  if (kind === 'linear') return { ropeTheta: theta, ropeScaling: { kind, factor: number('factor') } };
  if (kind !== 'llama3') {
    throw new Error(`${name}.rope_type: expected default, linear or llama3, found ${JSON.stringify(kind)}`);
  }
  const scaling: RopeScaling = {
    kind,
    factor: number(keys.factor),
    lowFrequencyFactor: number(keys.lowFrequencyFactor),
    highFrequencyFactor: number(keys.highFrequencyFactor),
    originalContextLength: number(keys.originalContextLength),
  };
  return { ropeTheta: theta, ropeScaling: scaling };
}

export function ropeScalingToJson(scaling: RopeScaling | null): Record<string, unknown> | null {
  if (scaling === null) return null;
  const { kind, ...numbers } = scaling;
  const entries = Object.entries(numbers).map(([name, value]) => [keys[name as keyof typeof keys], value] as const);
  return { rope_type: kind, ...Object.fromEntries(entries) };
}
