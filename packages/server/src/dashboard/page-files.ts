import { readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { TurnwiseError } from '@turnwise/core';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PageFile {
  readonly type: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/**
 * The files of the built page, by address; `/` is its index. All of them are read now and nothing else ever is, so that no
 * address can lead to another file.
 *
 * @throws RUN_NOT_FOUND when the page was not built.
 */
export async function readPage(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const names = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new TurnwiseError('RUN_NOT_FOUND', `The dashboard's page is not built: there is no ${folder}.`, {
      where: folder,
      hint: 'npm run build',
      cause,
    });
  });
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const address = `/${name.replaceAll('\\', '/')}`;
    const content = new Uint8Array(await readFile(join(folder, name)));
    files.set(address === '/index.html' ? '/' : address, { type, content });
  }
  return files;
}
