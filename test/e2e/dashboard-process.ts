import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './command-line.js';

/** A running `turnwise dashboard`. */
export interface DashboardProcess {
  readonly url: string;
  /** Resident megabytes now, and the most so far; `null` where the system does not say. */
  memory(): { readonly resident: number; readonly peak: number } | null;
  close(): Promise<void>;
}

/** Starts the real command over a folder, in a process of its own; resolves when it listens. */
export async function startDashboardProcess(folder: string): Promise<DashboardProcess> {
  const main = join(root, 'packages/cli/src/main.ts');
  const tsx = join(root, 'node_modules/tsx/dist/loader.mjs');
  const words = ['--conditions=turnwise-source', '--import', tsx, main, 'dashboard', folder, '--port', '0'];
  const child = spawn(process.execPath, words, {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', INIT_CWD: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    const read = (part: string): void => {
      text += part;
      const found = /dashboard of .*: (http:\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    void ended.then((code) => reject(new Error(`the dashboard ended with ${code}: ${text}`)));
  });
  return {
    url,
    memory: () => memoryOf(child.pid),
    close: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}

function memoryOf(pid: number | undefined): { resident: number; peak: number } | null {
  try {
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
    const megabytes = (name: string): number =>
      Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN) / 1024);
    return { resident: megabytes('VmRSS'), peak: megabytes('VmHWM') };
  } catch {
    return null;
  }
}
