import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Objective, Policy, PolicyLoss, Sample, TrainingBatch } from '@turnwise/core';
import { demand, type Rule } from '../rule.js';
import { sameValue, shown } from '../same-value.js';
import { withInstance } from '../subject.js';
import { settled } from '../within.js';
import { contentOf, requestOf, sample, type PolicySubject } from './policy-subject.js';

type PolicyRule = Rule<PolicySubject>;

const losses: Readonly<Record<Objective['kind'], PolicyLoss>> = {
  'ppo-clip': { kind: 'ppo-clip', low: 0.2, high: 0.2, dualClip: null },
  'importance-sampling': { kind: 'importance-sampling' },
  cispo: { kind: 'cispo', low: 0.2, high: 0.2 },
  gspo: { kind: 'gspo', low: 0.2, high: 0.2 },
};

const objectiveOf = (kind: Objective['kind']): Objective => ({
  ...losses[kind],
  kl: { estimator: 'k3', coefficient: 0, reference: 'initial' },
  aggregation: 'token-mean',
  entropyCoefficient: 0,
});

function batchOf(policy: Policy, subject: PolicySubject, drawn: Sample, advantage: number): TrainingBatch {
  const { tokenIds, logprobs } = drawn;
  const prompt = requestOf(policy, subject).tokenIds;
  const spans = [
    { owner: 'prompt', tokenIds: prompt } as const,
    { owner: 'policy', tokenIds, logprobs, advantage } as const,
  ];
  return { sequences: [{ trajectoryId: 'q1/0', spans }], temperature: 1, maxTokens: 8 };
}

const step = { learningRate: 1e-3, weightDecay: 0, maxGradientNorm: 1 };

async function savedElsewhere(policy: Policy, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-policy-'));
  try {
    await policy.save(folder);
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What holds for policies that are trained, and for what they say they can do. */
export const trainingRules: readonly PolicyRule[] = [
  {
    id: 'policy/capabilities',
    says: 'what it provides, what its capabilities say and what it has are the same',
    check: (subject) =>
      withInstance(subject, (policy) => {
        const provides = subject.plugin.provides ?? [];
        const { capabilities, tokenizer } = policy;
        const facts: readonly (readonly [string, boolean, boolean])[] = [
          ['policy.trainable', provides.includes('policy.trainable'), capabilities.trainable],
          ['policy.trainable, and objectives', capabilities.trainable, capabilities.objectives.length > 0],
          ['policy.tokenizer', provides.includes('policy.tokenizer'), tokenizer !== null],
          ['policy.scores', provides.includes('policy.scores'), policy.score !== undefined],
          ['trajectory.logprobs', provides.includes('trajectory.logprobs'), capabilities.logprobs],
        ];
        const wrong = facts.find(([, said, has]) => said !== has);
        demand(
          wrong === undefined,
          () => `${wrong?.[0]}: ${wrong?.[1] ? 'said, and not there' : 'there, and not said'}`,
          'let provides, capabilities and methods agree',
        );
      }),
  },
  {
    id: 'policy/tokenizer',
    says: 'what the tokenizer encodes it decodes again',
    check: (subject) =>
      withInstance(subject, ({ tokenizer }) => {
        if (tokenizer === null) return;
        const once = tokenizer.decode(tokenizer.encode(subject.prompt));
        demand(
          once.trim() === subject.prompt.trim(),
          () => `${shown(subject.prompt)} came back as ${shown(once)}`,
          'keep every character; name a prompt of this test that it knows: { prompt: ... }',
        );
      }),
  },
  {
    id: 'policy/scores',
    says: 'it scores what it sampled as it said when it sampled it',
    check: (subject) =>
      withInstance(subject, async (policy) => {
        if (policy.score === undefined || !comparable(policy)) return;
        const drawn = await sample(policy, subject);
        const prompt = requestOf(policy, subject).tokenIds;
        const request = { tokenIds: [...prompt, ...drawn.tokenIds], from: prompt.length };
        const [scored] = await policy.score([request], new AbortController().signal);
        demand(
          scored != null && sameValue([...Array.from(scored)], [...drawn.logprobs], 1e-3),
          () => `sampled with ${shown(drawn.logprobs)}, scored ${shown(scored && Array.from(scored))}`,
          'score at temperature 1, all tokens before it given',
        );
      }),
  },
  {
    id: 'policy/train',
    says: 'each of its objectives gives finite losses and gradients; one that cannot be trained refuses',
    check: (subject) =>
      withInstance(subject, async (policy) => {
        const drawn = await sample(policy, subject);
        const batch = batchOf(policy, subject, drawn, 1);
        if (!policy.capabilities.trainable) {
          const ended = await settled(subject.seconds, 'forwardBackward()', () =>
            policy.forwardBackward(batch, objectiveOf('ppo-clip')),
          );
          demand('error' in ended, () => 'forwardBackward() pretends to train', 'reject with an error that says why');
          return;
        }
        for (const kind of policy.capabilities.objectives) {
          const loss = await policy.forwardBackward(batch, objectiveOf(kind));
          const numbers = [loss.loss, loss.kl, loss.clipFraction, loss.entropy, loss.tokens];
          demand(numbers.every(Number.isFinite), () => `${kind} gave ${shown(loss)}`, 'return finite metrics');
          demand(
            loss.tokens === drawn.tokenIds.length,
            () => `${kind} counts ${loss.tokens} policy tokens of ${drawn.tokenIds.length}`,
            'count the tokens of policy spans alone',
          );
          const { gradientNorm } = await policy.optimStep({ ...step, learningRate: 0 });
          demand(
            Number.isFinite(gradientNorm),
            () => `${kind} gave the gradient norm ${shown(gradientNorm)}`,
            'return a finite norm',
          );
        }
      }),
  },
  {
    id: 'policy/learns',
    says: 'a sample with a positive advantage becomes more probable',
    check: (subject) =>
      withInstance(subject, async (policy) => {
        const [kind] = policy.capabilities.objectives;
        if (kind === undefined) return;
        const drawn = await sample(policy, subject);
        const batch = batchOf(policy, subject, drawn, 1);
        const gain = objectiveOf(
          policy.capabilities.objectives.includes('importance-sampling') ? 'importance-sampling' : kind,
        );
        const losses: number[] = [];
        for (let round = 0; round < 4; round++) {
          losses.push((await policy.forwardBackward(batch, gain)).loss);
          await policy.optimStep(step);
        }
        demand(
          (losses.at(-1) ?? NaN) < (losses[0] ?? NaN),
          () => `the loss went ${shown(losses)}`,
          'step against the gradient of the loss; a positive advantage raises the probability',
        );
      }),
  },
  {
    id: 'policy/save-and-load',
    says: 'what was saved is loaded: it samples as before',
    check: (subject) =>
      withInstance(subject, async (policy) => {
        if (!policy.capabilities.trainable || !comparable(policy)) return;
        const before = contentOf(await sample(policy, subject));
        await savedElsewhere(policy, async (folder) => {
          const [kind] = policy.capabilities.objectives;
          if (kind !== undefined) {
            await policy.forwardBackward(batchOf(policy, subject, await sample(policy, subject), 1), objectiveOf(kind));
            await policy.optimStep({ ...step, learningRate: 0.05 });
          }
          await policy.load(folder);
          const after = contentOf(await sample(policy, subject, { trajectoryId: 'q1/9' }));
          demand(
            sameValue(after, before, 1e-5),
            () => `before ${shown(before)}, loaded ${shown(after)}`,
            'save and load all weights',
          );
        });
      }),
  },
];

/** Whether the numbers of samples and weights can be compared at all. */
const comparable = (policy: Policy): boolean => policy.capabilities.logprobs;
