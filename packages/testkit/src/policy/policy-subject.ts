import type { Policy, Sample, SampleRequest } from '@turnwise/core';
import type { Subject } from '../subject.js';

export interface PolicySubject extends Subject<'policy'> {
  readonly prompt: string;
  readonly stop: readonly string[];
}

/** A request for the first turn of a trajectory. */
export function requestOf(policy: Policy, subject: PolicySubject, changes: Partial<SampleRequest> = {}): SampleRequest {
  return {
    trajectoryId: 'q1/0',
    messages: [{ role: 'prompt', text: subject.prompt }],
    tokenIds: policy.tokenizer?.encode(subject.prompt) ?? [],
    seed: 11,
    temperature: 1,
    topP: 1,
    maxTokens: 8,
    stop: subject.stop,
    turn: 0,
    maySearch: true,
    ...changes,
  };
}

export function sample(policy: Policy, subject: PolicySubject, changes: Partial<SampleRequest> = {}): Promise<Sample> {
  return policy.sample(requestOf(policy, subject, changes), new AbortController().signal);
}

/** What a sample says, without which weights it was drawn from. */
export function contentOf({ text, tokenIds, logprobs, finish }: Sample): unknown {
  return { text, tokenIds: [...tokenIds], logprobs: [...logprobs], finish };
}
