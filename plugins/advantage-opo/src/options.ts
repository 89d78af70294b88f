import { z } from 'zod';

/** Options of the `opo` advantage: it has none. */
export const opoOptions = z.strictObject({});

export type OpoOptions = z.output<typeof opoOptions>;
