import { z } from 'zod';

/** An id as data sets write it: text or a number, kept as text. */
export const idField = z
  .union([z.string(), z.number()], 'an id is text or a number')
  .transform(String)
  .refine((id) => id.trim() !== '', 'an id must not be blank');

/** Text that must be there and say something. */
export const filledText = z
  .string({ error: 'expected text' })
  .refine((text) => text.trim() !== '', 'expected text that is not blank');
