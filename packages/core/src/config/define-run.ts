import type { RunConfigInput } from './run-schema.js';

/**
 * Gives a TypeScript configuration its types; returns it unchanged.
 *
 * @example
 * // turnwise.config.ts
 * export default defineRun({ corpus: { file: 'corpus.jsonl' }, strategy: 'tspo' });
 */
export function defineRun(config: RunConfigInput): RunConfigInput {
  return config;
}
