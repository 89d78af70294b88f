import { z } from 'zod';

const judgeOptions = z.strictObject({
  endpoint: z.url().describe('Base address of an OpenAI-compatible server, up to /v1.'),
  model: z.string().min(1).describe('Model to ask, as the server knows it.'),
  keyVariable: z
    .string()
    .default('OPENAI_API_KEY')
    .describe('Environment variable that holds the key, if one is needed.'),
  timeoutSeconds: z.number().positive().default(30).describe('Limit of one question.'),
  retries: z.int().min(0).default(2).describe('Further tries after a failure that may pass.'),
});

export const options = z.strictObject({
  unsupported: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('What a right answer is paid that nothing the searches brought supports.'),
  judge: judgeOptions
    .nullable()
    .default(null)
    .describe(
      'A language model that decides whether the evidence supports the answer; null: the answer must stand in it.',
    ),
});

export type JudgeOptions = z.infer<typeof judgeOptions>;
