import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TransformerConfig } from '@turnwise/engine';
import type { Times } from '../engine/contender.js';
import { plainEnvironment } from '../engine/pytorch-contender.js';
import type { SteppedTrainer, StepWork } from './work.js';

const script = fileURLToPath(new URL('../../parity/trl_grpo.py', import.meta.url));

/** TRL's GRPOTrainer in a process of its own, stopped after every step until the next is asked for. */
export async function startTrl(
  python: string,
  config: TransformerConfig,
  { questions, rollouts, promptTokens, newTokens, steps }: StepWork,
  own: { readonly threads: number; readonly microBatch: number },
): Promise<SteppedTrainer> {
  const { vocabularySize, hiddenSize, intermediateSize, layerCount, headCount } = config;
  const model = { vocabularySize, hiddenSize, intermediateSize, layerCount, headCount };
  const sizes = { questions, rollouts, promptTokens, newTokens, steps: steps + 1, ...model, ...own };
  const child = spawn(python, [script, JSON.stringify(sizes)], {
    env: plainEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-4000)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  /** The next line that begins with a word; what else the libraries print is passed over. */
  const next = async <Value>(word: string): Promise<Value> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`trl_grpo.py ended early: ${complaints}`);
      if (value.startsWith(`${word} `)) return JSON.parse(value.slice(word.length + 1)) as Value;
    }
  };
  const about = await next<Record<string, unknown>>('READY');
  return {
    name: `trl, ${own.threads} thread${own.threads === 1 ? '' : 's'}`,
    step: () => {
      child.stdin.write('step\n');
      return next<Times>('STEP');
    },
    close: async () => {
      child.stdin.end();
      await new Promise((resolve) => child.once('close', resolve));
      return about;
    },
  };
}
