import { TurnwiseError, type PolicyTokenizer, type Sample, type SampleRequest } from '@turnwise/core';
import { requestFailed } from './wire-failure.js';

/**
 * A sampling request, its tokens as they are.
 *
 * @throws CONTRACT_SAMPLE_INVALID for what servers take and cannot answer: no prompt, or a token that is none
 */
export function samplingBody(request: SampleRequest, session: string, number: number): object {
  const { tokenIds, trajectoryId } = request;
  const strange = tokenIds.findIndex(isNoToken);
  if (tokenIds.length === 0 || strange >= 0) {
    const what = strange < 0 ? 'its prompt has no tokens' : `token ${strange} is ${String(tokenIds[strange])}`;
    throw new TurnwiseError('CONTRACT_SAMPLE_INVALID', `Trajectory ${trajectoryId} cannot be sampled: ${what}.`, {
      where: 'policy.with.tokenizer',
      hint: 'Check that the tokenizer is the one of the model, and can spell the prompt.',
    });
  }
  return {
    sampling_session_id: session,
    seq_id: number,
    num_samples: 1,
    prompt: { chunks: [{ type: 'encoded_text', tokens: request.tokenIds }] },
    sampling_params: {
      max_tokens: request.maxTokens,
      temperature: request.temperature,
      top_p: request.topP,
      // Servers keep seeds in 32 bits with a sign.
      seed: request.seed % 2 ** 31,
      stop: request.stop,
    },
  };
}

/** The sample in a result, its tokens as they are. @throws RUN_SERVER_FAILED when there is none */
export function readSample(result: unknown, tokenizer: PolicyTokenizer): Sample {
  const { sequences } = (result ?? {}) as {
    sequences?: { tokens?: unknown; logprobs?: unknown; stop_reason?: string }[];
  };
  const { tokens, logprobs, stop_reason: stop } = sequences?.[0] ?? {};
  if (!Array.isArray(tokens) || !Array.isArray(logprobs)) {
    throw requestFailed('/asample', 'the result has no tokens with log-probabilities');
  }
  const tokenIds = tokens as number[];
  const strange = tokenIds.findIndex(isNoToken);
  if (strange >= 0) throw requestFailed('/asample', `token ${strange} of the result is ${String(tokenIds[strange])}`);
  const text = tokenizer.decode(tokenIds);
  return { text, tokenIds, logprobs: logprobs as number[], finish: stop === 'length' ? 'length' : 'stop' };
}

function isNoToken(id: unknown): boolean {
  return !Number.isInteger(id) || (id as number) < 0;
}
