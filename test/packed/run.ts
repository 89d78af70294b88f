import { spawn } from 'node:child_process';

/** Runs one line of a shell; returns what it printed. Throws with all of it when the exit code is not 0. */
export async function run(line: string, folder: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn('sh', ['-c', line], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${line}\nin ${folder} ended with ${code}:\n${printed}`);
  return output;
}
