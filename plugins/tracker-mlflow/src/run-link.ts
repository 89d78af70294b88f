import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Which run of which server a run folder belongs to, kept in the folder so that a run that goes on finds it again. */
export interface RunLink {
  readonly url: string;
  readonly experimentId: string;
  readonly runId: string;
  readonly paramsLogged: boolean;
  /** Steps up to this one are there. */
  readonly sentThrough: number;
}

/** The link in a file; `null` when there is none, or none of that server. */
export async function readLink(file: string, url: string): Promise<RunLink | null> {
  try {
    const link = JSON.parse(await readFile(file, 'utf8')) as RunLink;
    return link.url === url && typeof link.runId === 'string' ? link : null;
  } catch {
    return null;
  }
}

export async function writeLink(file: string, link: RunLink): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.partial`, `${JSON.stringify(link)}\n`);
  await rename(`${file}.partial`, file);
}
