import { fileURLToPath } from 'node:url';

/** Folder of the built page: `index.html` and what it loads, all of it local. */
export const pageFolder: string = fileURLToPath(new URL('../dist/page/', import.meta.url));
