/**
 * Writes the pages of the reference that are made from the sources: error codes, options of plugins, keys of a
 * configuration.
 *
 *     npm run docs:reference
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../packages/workspaces.js';
import { referencePages } from './reference-pages.js';

for (const [file, text] of Object.entries(await referencePages())) writeFileSync(join(root, file), text);
