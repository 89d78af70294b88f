import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { randomStream, type TrainingBatch } from '@turnwise/core';
import { tinkerOptions, TinkerPolicy } from '@turnwise/policy-tinker';

/**
 * What the wire costs an update: a Tinker server in a process of its own that computes nothing, so that what is left is
 * packing, sending, and reading back. Options: `trajectories` (64), `tokens` of each (1000), `repetitions` (10).
 */
export default async function bench(options: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const number = (name: string, standard: number): number => Number(options[name] ?? standard);
  const [trajectories, tokens] = [number('trajectories', 64), number('tokens', 1000)];
  const repetitions = number('repetitions', 10);
  const batch = batchOf(trajectories, tokens);
  const forms: Record<string, unknown> = {};
  for (const form of ['JSON', 'protobuf']) forms[form] = await measure(form, batch, repetitions);
  return { trajectories, tokens, repetitions, forms };
}

async function measure(form: string, batch: TrainingBatch, repetitions: number): Promise<object> {
  const stub = fork(fileURLToPath(new URL('tinker-wire/still-server.ts', import.meta.url)), [form]);
  try {
    const [url] = (await once(stub, 'message')) as [string];
    const quiet = (): void => undefined;
    const context = {
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      metrics: { record: quiet },
      paths: { base: '/', cache: '/' },
      random: randomStream(1, 'bench'),
      signal: new AbortController().signal,
    };
    const tokenizer = { encode: () => [], decode: () => '' };
    const settings = tinkerOptions.parse({ url, server: 'hosted', baseModel: 'still', tokenizer: '-' });
    await using policy = new TinkerPolicy(context, settings, tokenizer);
    await policy.init();
    const update = async (): Promise<number> => {
      const started = performance.now();
      await policy.forwardBackward(batch, objective);
      await policy.optimStep({ learningRate: 0, weightDecay: 0, maxGradientNorm: null });
      return performance.now() - started;
    };
    await update();
    stub.send('count');
    await once(stub, 'message');
    const before = process.cpuUsage();
    const walls: number[] = [];
    for (let repetition = 0; repetition < repetitions; repetition++) walls.push(await update());
    const { user, system } = process.cpuUsage(before);
    stub.send('count');
    const [{ received, sent }] = (await once(stub, 'message')) as [{ received: number; sent: number }];
    const megabytes = (bytes: number): number => Math.round(bytes / repetitions / 1e4) / 100;
    return {
      megabytesSent: megabytes(received),
      megabytesReceived: megabytes(sent),
      processorMilliseconds: Math.round((user + system) / 1000 / repetitions),
      wallMilliseconds: Math.round(walls.sort((a, b) => a - b)[walls.length >> 1] ?? Number.NaN),
    };
  } finally {
    stub.kill();
  }
}

const objective = {
  kind: 'importance-sampling',
  kl: { estimator: 'k3', coefficient: 0, reference: 'initial' },
  aggregation: 'token-mean',
  entropyCoefficient: 0,
} as const;

/** A prompt of a fifth, then turns of a fifth and observations of a fifth, with token ids of a large vocabulary. */
function batchOf(trajectories: number, tokens: number): TrainingBatch {
  const random = randomStream(1, 'tinker-wire');
  const part = Math.floor(tokens / 5);
  const ids = (): number[] => Array.from({ length: part }, () => random.integer(150_000));
  const turn = () => {
    const logprobs = Array.from({ length: part }, () => Math.fround(-3 * random.next()));
    return { owner: 'policy' as const, tokenIds: ids(), logprobs, advantage: random.next() - 0.5 };
  };
  const sequences = Array.from({ length: trajectories }, (_, index) => ({
    trajectoryId: `t${index}`,
    spans: [
      { owner: 'prompt' as const, tokenIds: ids() },
      turn(),
      { owner: 'observation' as const, tokenIds: ids() },
      turn(),
      { owner: 'observation' as const, tokenIds: ids() },
    ],
  }));
  return { sequences, temperature: 1, maxTokens: tokens };
}
