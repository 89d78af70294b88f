import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { fullWork, promptTokens, trainingTokens, type Contender, type Times } from './contender.js';

const script = fileURLToPath(new URL('../../parity/torch_engine.py', import.meta.url));

export interface PyTorchContender extends Contender {
  /** Loss of the training batch before each of some steps, which are made. */
  losses(steps: number): Promise<number[]>;
}

/** The same model in eager PyTorch, in a process of its own: `python` is one with torch. */
export async function pytorchContender(python: string, checkpoint: string, threads: number): Promise<PyTorchContender> {
  const child = spawn(python, [script, checkpoint, String(threads)], {
    env: plainEnvironment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ask = conversation(child);
  const training = { do: 'train', tokens: trainingTokens(fullWork), count: fullWork.trainingSequences };
  const prompts = Array.from({ length: fullWork.prompts }, (_, prompt) => promptTokens(fullWork, prompt)).flat();
  const sampling = { do: 'sample', tokens: prompts, count: fullWork.prompts, steps: fullWork.newTokens };
  return {
    name: `torch, ${threads} thread${threads === 1 ? '' : 's'}`,
    work: fullWork,
    about: (await ask({ do: 'about' })) as Record<string, unknown>,
    train: () => ask(training) as Promise<Times>,
    sample: () => ask(sampling) as Promise<{ reading: Times; sampling: Times }>,
    losses: async (steps) => {
      const losses: number[] = [];
      for (let step = 0; step < steps; step++) losses.push(((await ask(training)) as { loss: number }).loss);
      return losses;
    },
    close: async () => {
      child.stdin.end();
      await new Promise((resolve) => child.once('close', resolve));
    },
  };
}

/** Which kernels a linear algebra library takes is its own choice, not one this shell has made. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OPENBLAS_')));
}

/** One line out, one line back. */
function conversation({
  stdin,
  stdout,
}: ChildProcessByStdio<Writable, Readable, null>): (command: object) => Promise<unknown> {
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return async (command) => {
    stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${script} ended without an answer; its messages are above`);
    return JSON.parse(value) as unknown;
  };
}
