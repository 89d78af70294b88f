import { loraTargets } from '@turnwise/engine';
import { z } from 'zod';

export const transformerOptions = z.strictObject({
  base: z
    .string()
    .default('quickstart')
    .describe(
      'Checkpoint to start from: `quickstart`, `quickstart-bad-search` or `quickstart-bad-both` (shipped with the generated world), or a folder.',
    ),
  engine: z
    .enum(['auto', 'wasm', 'tfjs', 'tfjs-gpu'])
    .default('auto')
    .describe(
      'What computes: the embedded engine (wasm), TensorFlow.js (tfjs), TensorFlow.js on a graphics processor (tfjs-gpu), or that where there is one and the embedded engine elsewhere (auto).',
    ),
  contextLength: z
    .int()
    .min(2)
    .optional()
    .describe(
      "Longest trajectory in tokens, at most the model's own, which is the default; shorter costs less memory.",
    ),
  lora: z
    .strictObject({
      rank: z.int().min(1).max(1024).default(8).describe('Rank of the adapters.'),
      alpha: z.number().gt(0).default(16).describe('The adapters act times alpha / rank.'),
      targets: z
        .array(z.enum(loraTargets))
        .min(1)
        .default(['q_proj', 'k_proj', 'v_proj', 'o_proj'])
        .describe('Projections that get an adapter in every layer.'),
      merge: z
        .boolean()
        .default(false)
        .describe('Also write the whole model with its adapters merged, in `merged` beside each saved adapter.'),
    })
    .optional()
    .describe('Train low-rank adapters on frozen weights. Default: train the weights.'),
  chat: z
    .strictObject({
      template: z
        .string()
        .min(1)
        .default('auto')
        .describe("`auto`: the checkpoint's chat template, if it has one; `none`; or a file with a Jinja template."),
      system: z.string().optional().describe('System message. Default: none, and what the template adds of its own.'),
      observations: z
        .enum(['verbatim', 'user', 'tool'])
        .default('verbatim')
        .describe(
          "What a search brings: inside the model's own turn, as in Search-R1 (verbatim), or as a message of a user or a tool.",
        ),
      variables: z
        .record(z.string(), z.json())
        .default({})
        .describe('Variables of the template, such as `enable_thinking` or `date_string`.'),
    })
    .prefault({})
    .describe('How a conversation is written for a model with a chat template.'),
  workers: z
    .union([z.int().min(1).max(64), z.literal('auto')])
    .default(1)
    .describe(
      'Threads that sample and differentiate, each with a copy of the model; the results are the same to the bit for any number. 1: this thread alone; auto: one a processor core. Above 1 for the embedded engine.',
    ),
  slots: z.int().min(1).max(4096).default(128).describe('Trajectories whose keys and values are kept at once.'),
  topK: z.int().min(1).optional().describe('Tokens are drawn from this many of the most probable. Default: all.'),
  tokensPerStep: z
    .int()
    .min(64)
    .default(8192)
    .describe('Most new tokens computed in one decoding step; bounds memory.'),
  microBatchTokens: z
    .int()
    .min(64)
    .default(1024)
    .describe(
      'Most tokens of one forward and backward pass, and what workers share out; bounds memory and changes an update in its last bits only.',
    ),
  recompute: z
    .boolean()
    .default(false)
    .describe(
      'Compute activations again in the backward pass instead of keeping them: less memory, a slower update, the same gradients to the bit. Embedded engine; TensorFlow.js always does.',
    ),
  memoryLimit: z
    .int()
    .min(64)
    .max(4095)
    .default(2048)
    .describe('Most memory of the embedded engine, in MiB: WebAssembly ends at 4 GiB.'),
  relaxedSimd: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .describe(
      'Fused multiply-add in the embedded engine, a little faster, with other low bits: where Node has it of itself, from 22 on (auto), also on Node 20 by a flag of V8 (on), never (off).',
    ),
  beta1: z.number().min(0).lt(1).default(0.9).describe('AdamW: decay of the first moment.'),
  beta2: z.number().min(0).lt(1).default(0.95).describe('AdamW: decay of the second moment.'),
});

export type TransformerOptions = z.infer<typeof transformerOptions>;
