import type { TransformerOptions } from './transformer-options.js';

/** What of the options decides about memory. */
export type MemoryOptions = Pick<
  TransformerOptions,
  'lora' | 'recompute' | 'slots' | 'microBatchTokens' | 'memoryLimit' | 'workers'
>;

type Changes = Partial<MemoryOptions>;

/** What may be set otherwise, by how it is written. */
const settings = {
  'recompute: true': { recompute: true },
  'microBatchTokens: 1024': { microBatchTokens: 1024 },
  'microBatchTokens: 256': { microBatchTokens: 256 },
  'slots: 16': { slots: 16 },
  'lora: {}': { lora: { rank: 8, alpha: 16, targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj'], merge: false } },
  'memoryLimit: 4095': { memoryLimit: 4095 },
} as const satisfies Record<string, { readonly [Key in keyof Changes]: unknown }>;

type Setting = keyof typeof settings;

/**
 * Changes of the options with which the policy fits, the gentlest first, each with the megabytes it then takes: at most
 * three. What an option is at already, or beyond, is not suggested.
 *
 * @param measure what the policy's largest engine takes, and may take, with changes
 */
export function memoryRemedies(
  options: MemoryOptions,
  measure: (changes: Changes) => { readonly bytes: number; readonly limitBytes: number },
): string[] {
  const smaller: Setting = options.microBatchTokens > 1024 ? 'microBatchTokens: 1024' : 'microBatchTokens: 256';
  const small: Setting[] = ['recompute: true', smaller, 'slots: 16'];
  const candidates: Setting[][] = [
    ...small.map((setting) => [setting]),
    small,
    ['lora: {}'],
    ['lora: {}', ...small],
    ['memoryLimit: 4095'],
    ['memoryLimit: 4095', 'lora: {}', ...small],
  ];
  const before = measure({});
  const found = new Map<string, string>();
  for (const candidate of candidates) {
    const useful = candidate.filter((setting) => {
      const { bytes, limitBytes } = measure(settings[setting] as Changes);
      return bytes < before.bytes || limitBytes > before.limitBytes;
    });
    const { bytes, limitBytes } = measure(Object.assign({}, ...useful.map((setting) => settings[setting])) as Changes);
    const text = useful.join(', ');
    if (bytes <= limitBytes && useful.length > 0) found.set(text, `${text} (${(bytes / 2 ** 20).toFixed(0)} MB)`);
  }
  return [...found.values()].slice(0, 3);
}
