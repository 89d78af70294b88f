import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { run } from './run.js';

/** One fenced block of a page: commands to run, or a file to write. */
export type GuideStep =
  | { readonly kind: 'commands'; readonly lines: readonly string[] }
  | { readonly kind: 'file'; readonly path: string; readonly content: string };

/** The steps under one heading of a Markdown page: its `sh` blocks, and blocks with a `title="path"`. */
export function guideSteps(page: string, heading: string): GuideStep[] {
  const text = readFileSync(page, 'utf8');
  const start = text.indexOf(`\n## ${heading}\n`);
  if (start === -1) throw new Error(`${page} has no heading "${heading}"`);
  const end = text.indexOf('\n## ', start + 1);
  const section = text.slice(start, end === -1 ? undefined : end);
  return [...section.matchAll(/^```(\w+)(?: title="([^"]+)")?\n([\s\S]*?)^```$/gm)].flatMap(
    ([, language, path, content = '']): GuideStep[] => {
      if (path !== undefined) return [{ kind: 'file', path, content }];
      return language === 'sh' ? [{ kind: 'commands', lines: content.trim().split('\n') }] : [];
    },
  );
}

/** Does what a page says, in a folder; `cd` changes it for what follows. Returns the folder it ends in. */
export async function followGuide(
  steps: readonly GuideStep[],
  start: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  let folder = start;
  for (const step of steps) {
    if (step.kind === 'file') {
      await mkdir(dirname(join(folder, step.path)), { recursive: true });
      await writeFile(join(folder, step.path), step.content);
      continue;
    }
    for (const line of step.lines) {
      const command = line.replace(/\s+#.*$/, '');
      const into = /^cd (\S+)$/.exec(command)?.[1];
      if (into === undefined) await run(command, folder, environment);
      else folder = resolve(folder, into);
    }
  }
  return folder;
}
