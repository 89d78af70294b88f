import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { TurnwiseError } from '../../errors/index.js';

const entrySchema = z.strictObject({
  kind: z.string(),
  id: z.string(),
  name: z.string(),
  version: z.string(),
  integrity: z.string().regex(/^sha256-[0-9a-f]{64}$/),
});
/** A merge of two branches may leave an entry twice: neither is then the one that was decided on. */
const entriesSchema = z.array(entrySchema).superRefine((entries, context) => {
  entries.forEach(({ name }, index) => {
    if (entries.findIndex((other) => other.name === name) === index) return;
    context.addIssue({ code: 'custom', path: [index, 'name'], message: `${name} stands there twice` });
  });
});
const lockSchema = z.strictObject({ version: z.literal(1), plugins: entriesSchema });

/** A third-party plugin as it was when somebody decided to trust it. */
export type LockedPlugin = z.output<typeof entrySchema>;

/** Name of the lock file, beside the configuration, unless `plugins.lock` names another. */
export const lockFileName = 'turnwise.lock.json';

/** Reads a lock file; `null` when there is none. Throws `PLUGIN_LOCK_INVALID`. */
export function readPluginLock(file: string): readonly LockedPlugin[] | null {
  if (!existsSync(file)) return null;
  try {
    return lockSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).plugins;
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new TurnwiseError('PLUGIN_LOCK_INVALID', `${file} is not a lock file: ${reason}`, {
      where: file,
      hint: 'Delete it and run turnwise plugins lock again.',
      cause,
    });
  }
}

/** Writes a lock file, its plugins in the order of their names. */
export function writePluginLock(file: string, plugins: readonly LockedPlugin[]): void {
  const sorted = [...plugins].sort((left, right) => (left.name < right.name ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ version: 1, plugins: sorted }, null, 2)}\n`);
}
