import type { BatchDenominators, Objective } from './objective.js';

/** What a policy can do. Asking for more than this is refused at start-up. */
export interface PolicyCapabilities {
  readonly trainable: boolean;
  /** Kinds of objective `forwardBackward` accepts; empty when not trainable. */
  readonly objectives: readonly Objective['kind'][];
  /** Whether samples carry token ids and log-probabilities. */
  readonly logprobs: boolean;
  /** Most tokens of prompt, outputs and observations together; `null` when unknown. */
  readonly maxContext: number | null;
  /**
   * Whether `sample` may go on while `optimStep` runs, each sample drawn from one version of the weights and saying
   * which. Otherwise updates wait for samples under way and samples for updates. Matters with `rollout.maxStaleness`.
   */
  readonly samplesDuringUpdates?: boolean;
  /** Whether `forwardBackward` knows `Objective.importanceTruncation`. */
  readonly importanceTruncation?: boolean;
}

/** A tokenizer as the rollout needs it, to measure and keep observations as tokens. */
export interface PolicyTokenizer {
  encode(text: string): readonly number[];
  decode(tokenIds: readonly number[]): string;
}

/**
 * How a chat model's conversation is written as text. Pieces are only ever appended: no later piece changes what an
 * earlier one or the policy wrote.
 */
export interface ChatFormat {
  /** Everything up to where the policy starts to write, with the protocol's prompt as a message in it. */
  open(prompt: string): string;
  /** What stands between the policy's output and where it goes on, with the protocol's observation in it. */
  reply(observation: string, output: Pick<Sample, 'text' | 'tokenIds'>): string;
}

/** One message of the conversation so far, for policies that work on text or chat messages. */
export interface ConversationMessage {
  readonly role: 'prompt' | 'policy' | 'observation';
  readonly text: string;
}

/** Ask the policy for the next turn of one trajectory. */
export interface SampleRequest {
  /** Same for all turns of one trajectory: a policy may keep its key-value cache under it. */
  readonly trajectoryId: string;
  readonly messages: readonly ConversationMessage[];
  /** The same conversation as tokens, verbatim; empty for policies without a tokenizer. */
  readonly tokenIds: readonly number[];
  /** Seed of this turn alone, derived from (run seed, step, question, index in the group, turn). */
  readonly seed: number;
  /** At 0 the most probable token is taken. */
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  /** Generation ends after the first of these strings, which is kept in the output. */
  readonly stop: readonly string[];
  /** 0-based turn, and whether a search is still permitted after it. */
  readonly turn: number;
  readonly maySearch: boolean;
}

export interface Sample {
  readonly text: string;
  readonly tokenIds: readonly number[];
  readonly logprobs: readonly number[];
  /** `stop`: a stop string or end token; `length`: maxTokens or the context ran out. */
  readonly finish: 'stop' | 'length';
  /** How many updates the weights had had when the sample was drawn; for policies that sample during updates. */
  readonly version?: number;
}

/** Given tokens whose log-probability is wanted: nothing is sampled, nothing is learned. */
export interface ScoreRequest {
  /** The context, followed by the tokens that are scored. */
  readonly tokenIds: ArrayLike<number>;
  /** Position of the first token to score, at least 1. */
  readonly from: number;
}

/** What other plugins may ask of the policy of the run, without sampling from it or changing it. */
export interface PolicyScorer {
  readonly tokenizer: PolicyTokenizer;
  /**
   * Log-probability (nats, temperature 1) of each token from `from` on given all before it, under the policy as it is.
   * `null` for a request that does not fit into the context. In the order of the requests.
   */
  score(requests: readonly ScoreRequest[], signal: AbortSignal): Promise<readonly (ArrayLike<number> | null)[]>;
}

/** Who produced a token. Loss masks are derived from this and from nothing else. */
export type TokenOwner = 'prompt' | 'policy' | 'observation';

/** Tokens of one owner, verbatim, as they were read or sampled. */
export type TokenSpan = ContextSpan | PolicySpan;

/** What the policy read. No loss ever falls on it. */
export interface ContextSpan {
  readonly owner: Exclude<TokenOwner, 'policy'>;
  readonly tokenIds: ArrayLike<number>;
}

/** What the policy wrote in one turn. */
export interface PolicySpan {
  readonly owner: 'policy';
  readonly tokenIds: ArrayLike<number>;
  /** Natural-log probability of each token when it was sampled; same length as `tokenIds`. */
  readonly logprobs: ArrayLike<number>;
  /** Advantage of the turn, which each token of this span has. */
  readonly advantage: number;
}

/**
 * One trajectory as tokens: its spans end to end. The spans refer to the recorded tokens instead of copying them;
 * `flattenSequence` gives arrays over positions.
 */
export interface TrainingSequence {
  readonly trajectoryId: string;
  readonly spans: readonly TokenSpan[];
}

export interface TrainingBatch {
  readonly sequences: readonly TrainingSequence[];
  /** Temperature the tokens were sampled at: training uses the same distribution. */
  readonly temperature: number;
  /** Most policy tokens a trajectory can have; the denominator of `constant` aggregation. */
  readonly maxTokens: number;
  /** What the loss is divided by when that is not the size of `sequences`; absent: count `sequences`. */
  readonly denominators?: BatchDenominators;
}

export interface LossMetrics {
  readonly loss: number;
  /** Mean KL estimate of the objective's KL term; 0 when off. */
  readonly kl: number;
  /** Share of policy tokens whose ratio was clipped. */
  readonly clipFraction: number;
  /** Mean entropy of the policy's tokens, in nats. */
  readonly entropy: number;
  /** Number of policy tokens in the batch. */
  readonly tokens: number;
  /** With importance truncation: mean weight of a token, and the share of tokens whose weight was cut. */
  readonly importance?: { readonly weight: number; readonly truncated: number };
}

export interface OptimizerStep {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Gradients are scaled down to this L2 norm; `null` turns clipping off. */
  readonly maxGradientNorm: number | null;
}

export interface OptimizerMetrics {
  readonly gradientNorm: number;
}

/** How a run is going to train; a remote server may be unable to do it. */
export interface TrainingPlan {
  readonly objective: Objective;
  /** Sampling temperature, at which training evaluates the log-probabilities as well. */
  readonly temperature: number;
  readonly weightDecay: number;
  readonly maxGradientNorm: number | null;
}

/** Why a policy cannot train as planned. */
export interface TrainingRefusal {
  readonly message: string;
  /** Path in the configuration, e.g. `objective.kl.coefficient`. */
  readonly where: string;
  readonly hint: string;
}

/** The training-engine port: local and remote engines look the same. */
export interface Policy {
  readonly capabilities: PolicyCapabilities;
  readonly tokenizer: PolicyTokenizer | null;
  /** What it turned out to compute with, where its options leave that open, e.g. `engine`; a run's manifest records it. */
  readonly computesWith?: Readonly<Record<string, string>>;
  /**
   * How the model reads a conversation, when it was trained on a template of its own. Absent: it reads prompts and
   * observations as the protocol writes them.
   */
  readonly chat?: ChatFormat;
  /** May be called again before earlier calls have resolved; the policy batches them. */
  sample(request: SampleRequest, signal: AbortSignal): Promise<Sample>;
  /** No more turns will be asked of this trajectory: its cache may go. */
  release?(trajectoryId: string): void;
  /** See {@link PolicyScorer}. A policy that has it provides `policy.scores`. */
  score?: PolicyScorer['score'];
  /**
   * Asked once before training. Returns what of the plan this policy cannot do, beyond the kinds of objective; `null`
   * when it can do all of it.
   */
  refuses?(plan: TrainingPlan): TrainingRefusal | null;
  /** Accumulates gradients; several calls may precede one `optimStep`. */
  forwardBackward(batch: TrainingBatch, objective: Objective): Promise<LossMetrics>;
  optimStep(options: OptimizerStep): Promise<OptimizerMetrics>;
  /** Writes weights, tokenizer and optimizer state into an existing empty folder. */
  save(folder: string): Promise<void>;
  load(folder: string): Promise<void>;
}
