import { fileURLToPath } from 'node:url';

/** Folder of the built page: `index.html`, one script and one style sheet, all of it local. */
export const pageFolder: string = fileURLToPath(new URL('../built/', import.meta.url));
