import type { Action, Observation, Policy, Protocol, Question, Sample, SearchTool } from '../contract/index.js';
import type { StopReason, Trajectory, Turn } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { deriveSeed } from '../random/index.js';
import { Conversation } from './conversation.js';
import { observe, searchOnce } from './observe.js';
import type { RolloutOptions } from './rollout-options.js';

/** The parts of a run a rollout needs. */
export interface RolloutParts {
  readonly policy: Policy;
  readonly protocol: Protocol;
  readonly search: SearchTool;
}

/** Which trajectory this is; its random stream is derived from all of it. */
export interface TrajectoryIdentity {
  readonly runSeed: number;
  /** What the rollout is for: training and evaluation draw from different streams. */
  readonly purpose: 'train' | 'evaluation';
  readonly step: number;
  readonly question: Question;
  /** Which trajectory of its group this is, from 0; the index in its id. */
  readonly index: number;
}

/**
 * Codes by which a policy says that no trajectory will do better: such an error is not the failure of one trajectory.
 */
const endOfRun: ReadonlySet<string> = new Set(['RUN_NOT_TRAINABLE', 'RUN_SERVER_STATE_LOST', 'RUN_WORKER_FAILED']);

type Ending = { answer: string | null; stopReason: StopReason };

const outOfContext: Ending = { answer: null, stopReason: 'context-limit' };

/**
 * Lets the policy answer one question: think, search, read, answer, until it answers or a limit ends it.
 * Failures of policy or search are data on the returned trajectory (`failure`). What throws is an abort of the whole run,
 * a plugin that breaks its contract, and a policy that says the run itself cannot go on.
 */
export async function runTrajectory(
  parts: RolloutParts,
  identity: TrajectoryIdentity,
  options: RolloutOptions,
  signal: AbortSignal,
  groupDeadline: AbortSignal | null = null,
): Promise<Trajectory> {
  const { policy, protocol } = parts;
  const { question, index } = identity;
  const id = `${question.id}/${index}`;
  // The key-value cache is kept under this name, so it must differ between steps and purposes.
  const cacheId = `${identity.purpose}:${identity.step}:${id}`;
  const deadline = options.timeoutSeconds === null ? null : AbortSignal.timeout(options.timeoutSeconds * 1000);
  const deadlines = [deadline, groupDeadline].filter((limit) => limit !== null);
  const both = deadlines.length === 0 ? signal : AbortSignal.any([signal, ...deadlines]);
  const conversation = new Conversation(policy.tokenizer, policy.chat);
  const prompt = conversation.open(protocol.prompt(question));
  const turns: Turn[] = [];
  let failure: Trajectory['failure'];
  let ending: Ending | null = null;
  try {
    for (let turn = 0; ending === null; turn++) {
      const maySearch = turn < options.maxTurns - 1;
      const room = roomInContext(policy, conversation);
      if (room < 1) {
        ending = outOfContext;
        break;
      }
      const sample = await policy.sample(
        Object.assign(conversation.snapshot(), {
          trajectoryId: cacheId,
          seed: deriveSeed(identity.runSeed, 'sample', identity.purpose, identity.step, question.id, index, turn),
          temperature: options.temperature,
          topP: options.topP,
          maxTokens: Math.min(options.maxTokensPerTurn, room),
          stop: protocol.stop,
          turn,
          maySearch,
        }),
        both,
      );
      assertSample(sample, id);
      conversation.appendTokens('policy', sample.text, sample.tokenIds);
      const action = protocol.parse(sample.text);
      ending = endingOf(action, sample, maySearch);
      let observation: Observation | null = null;
      if (ending === null && action.kind !== 'answer') {
        const outcome = await respond(parts, action, conversation, options, both);
        failure ??= outcome.failure;
        observation = read(outcome.observation, sample, conversation, policy);
        if (observation === null) ending = outOfContext;
      }
      const { text, tokenIds, logprobs, version } = sample;
      const output = { text, tokenIds, logprobs, ...(version === undefined ? {} : { policyVersion: version }) };
      turns.push({ output, action, observation });
    }
  } catch (error) {
    signal.throwIfAborted();
    if (isOfTheRun(error)) throw error;
    const late = deadline?.aborted
      ? `took longer than ${options.timeoutSeconds} s`
      : groupDeadline?.aborted
        ? `its group took longer than ${options.groupTimeoutSeconds} s`
        : null;
    const timedOut = late !== null;
    failure = {
      code: timedOut ? 'ROLLOUT_TIMEOUT' : rolloutCode(error),
      message: late ?? (error instanceof Error ? error.message : String(error)),
    };
    ending = { answer: null, stopReason: timedOut ? 'aborted' : 'policy-failed' };
  } finally {
    policy.release?.(cacheId);
  }
  return { id, prompt, turns, ...ending, ...(failure === undefined ? {} : { failure }) };
}

/** How the trajectory ends with this action; `null` when it goes on. */
function endingOf(action: Action, { finish }: Sample, maySearch: boolean): Ending | null {
  if (action.kind === 'answer') return { answer: action.text, stopReason: 'answered' };
  if (action.kind === 'invalid' && finish === 'length') return { answer: null, stopReason: 'token-limit' };
  return maySearch ? null : { answer: null, stopReason: 'turn-limit' };
}

async function respond(
  { protocol, search }: RolloutParts,
  action: Exclude<Action, { kind: 'answer' }>,
  conversation: Conversation,
  options: RolloutOptions,
  signal: AbortSignal,
): Promise<{ observation: Observation; failure: Trajectory['failure'] }> {
  if (action.kind === 'invalid') {
    const text = protocol.correction(action.reason);
    const observation = { status: 'invalid' as const, text, hits: [], tokenIds: conversation.tokenize(text) };
    return { observation, failure: undefined };
  }
  const outcome = await searchOnce(search, action.query, options.topK, signal);
  const failed = outcome.status === 'timeout' || outcome.status === 'error';
  return {
    observation: observe(outcome, protocol, conversation, options),
    failure: failed
      ? { code: 'ROLLOUT_SEARCH', message: `search ${outcome.status}: ${outcome.message ?? 'no reason given'}` }
      : undefined,
  };
}

/**
 * Puts what came back into the conversation. `null`: without room to read it and to write one more token, the policy
 * never sees it.
 */
function read(
  observation: Observation,
  sample: Sample,
  conversation: Conversation,
  policy: Policy,
): Observation | null {
  const reply = conversation.reply(observation, sample);
  if (roomInContext(policy, conversation) <= reply.tokenIds.length) return null;
  conversation.appendTokens('observation', reply.text, reply.tokenIds);
  return { ...observation, tokenIds: reply.tokenIds };
}

function roomInContext(policy: Policy, conversation: Conversation): number {
  const { maxContext } = policy.capabilities;
  return maxContext === null ? Number.MAX_SAFE_INTEGER : maxContext - conversation.tokenIds.length;
}

function assertSample(sample: Sample, id: string): void {
  if (sample.tokenIds.length !== sample.logprobs.length) {
    throw new TurnwiseError(
      'CONTRACT_SAMPLE_INVALID',
      `The policy returned ${sample.tokenIds.length} tokens but ${sample.logprobs.length} log-probabilities for trajectory ${id}.`,
      { hint: 'A policy returns one log-probability for each sampled token.' },
    );
  }
  const bad = sample.logprobs.findIndex((logprob) => !Number.isFinite(logprob) || logprob > 1e-4);
  if (bad >= 0) {
    throw new TurnwiseError(
      'CONTRACT_SAMPLE_INVALID',
      `The policy returned the log-probability ${sample.logprobs[bad]} for token ${bad} of trajectory ${id}.`,
      { hint: 'Log-probabilities are finite and at most 0.' },
    );
  }
}

/** Whether an error says that no trajectory will do better. */
function isOfTheRun(error: unknown): boolean {
  return TurnwiseError.is(error) && (error.code.startsWith('CONTRACT_') || endOfRun.has(error.code));
}

/** A policy may say itself what ended the rollout; anything else it throws is a failure of the policy. */
function rolloutCode(error: unknown): string {
  return TurnwiseError.is(error) && error.code.startsWith('ROLLOUT_') ? error.code : 'ROLLOUT_POLICY';
}
