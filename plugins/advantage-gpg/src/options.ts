import { z } from 'zod';

/** Options of the `gpg` advantage. */
export const gpgOptions = z.strictObject({
  normalization: z
    .number()
    .gt(0)
    .default(1)
    .describe('What the advantage is divided by (F_norm of the paper); verl 1.'),
});

export type GpgOptions = z.output<typeof gpgOptions>;
