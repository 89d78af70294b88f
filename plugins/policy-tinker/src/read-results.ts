import { requestFailed } from './wire-failure.js';
import type { TrainingData } from './training-data.js';

/**
 * The current log-probability of every policy token, from the results of the requests, in the order of the data.
 *
 * @throws RUN_SERVER_FAILED when a datum has no record, or a record not one finite number for each target
 */
export function readLogprobs(results: readonly unknown[], { data, policyTargets }: TrainingData): number[] {
  const records = results.flatMap((result) => {
    const { loss_fn_outputs: outputs } = (result ?? {}) as { loss_fn_outputs?: unknown };
    return Array.isArray(outputs) ? (outputs as unknown[]) : [];
  });
  const refuse = (detail: string): never => {
    throw requestFailed('/forward_backward', detail);
  };
  if (records.length !== data.length) refuse(`${data.length} data came back as ${records.length} records`);
  return records.flatMap((record, index) => {
    const { logprobs } = (record ?? {}) as { logprobs?: { data?: unknown } };
    const values: unknown = logprobs?.data;
    const length = data[index]?.loss_fn_inputs['target_tokens']?.data.length ?? 0;
    if (!Array.isArray(values) || values.length !== length) {
      return refuse(
        `record ${index} has ${Array.isArray(values) ? values.length : 'no'} log-probabilities for ${length} targets`,
      );
    }
    return (policyTargets[index] ?? []).map((place) => {
      const value: unknown = values[place];
      return typeof value === 'number' && Number.isFinite(value)
        ? value
        : refuse(`record ${index} has the log-probability ${String(value)}`);
    });
  });
}
