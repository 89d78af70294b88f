import type { MessagePort } from 'node:worker_threads';
import { createEngine, loadTokenizer, type Engine } from '@turnwise/engine';
import { ContinuousBatch } from './continuous-batch.js';
import { readGradients } from './flat-parameters.js';
import { differentiate } from './micro-batch-loss.js';
import { scoreRequests } from './score-requests.js';
import { SharedParameters } from './shared-parameters.js';
import type { FromWorker, ToWorker, WorkerAnswers, WorkerRequest, WorkerSetup } from './worker-messages.js';

/**
 * Answers requests on this thread with an engine of its own: same model, same parameters, memory apart. A thread that
 * ends in the middle leaves nothing behind but a gradient that nobody was told of.
 *
 * @param wrap gets between the worker and its engine; for tests
 */
export function serveWorker(port: MessagePort, setup: WorkerSetup, wrap = (engine: Engine): Engine => engine): void {
  const { config, lora, recompute, relaxedSimd, memoryLimitBytes, slots, tokensPerStep, endTokens, topK } = setup;
  // The main thread steps with this engine's gradients: the moments are there.
  const engine = wrap(
    createEngine({ config, lora, recompute, relaxedSimd, memoryLimitBytes, optimizer: false, seed: 0 }),
  );
  const parameters = new SharedParameters(setup.parameters);
  parameters.readInto(engine, 'all');
  const gradients = setup.gradients.map((buffer) => new Float32Array(buffer));
  const batch = new ContinuousBatch(engine.openDecoder({ slots }), loadTokenizer(setup.tokenizer), {
    vocabularySize: config.vocabularySize,
    maxTokensPerStep: tokensPerStep,
    endTokens: new Set(endTokens),
    topK,
  });
  let reference: Engine | null = null;
  const sampling = new Map<number, AbortController>();

  const answer: {
    [Kind in WorkerRequest['kind']]: (
      request: Extract<WorkerRequest, { kind: Kind }>,
      id: number,
    ) => WorkerAnswers[Kind] | Promise<WorkerAnswers[Kind]>;
  } = {
    sample: async ({ request }, id) => {
      const controller = new AbortController();
      sampling.set(id, controller);
      return batch.sample(request, controller.signal).finally(() => sampling.delete(id));
    },
    differentiate: ({ sequences, terms, buffer }) => {
      const target = gradients[buffer];
      if (!target) throw new Error(`no shared memory ${buffer} for a gradient`);
      engine.zeroGradients();
      const loss = differentiate(engine, reference, sequences, terms);
      readGradients(engine, target);
      return loss;
    },
    score: ({ requests, maxTokens }) => scoreRequests(engine, requests, maxTokens),
    refresh: () => {
      parameters.readInto(engine, 'trained');
      batch.invalidate();
      return null;
    },
    reference: (request) => {
      reference = createEngine({ config, seed: 0, trainable: false, relaxedSimd, memoryLimitBytes });
      new SharedParameters(request.parameters).readInto(reference, 'all');
      return null;
    },
  };
  const say = (message: FromWorker): void => port.postMessage(message);

  port.on('message', (message: ToWorker) => {
    if ('abort' in message) sampling.get(message.abort)?.abort();
    else if ('release' in message) batch.release(message.release);
    else {
      const { id, request } = message;
      const handle = answer[request.kind] as (request: WorkerRequest, id: number) => unknown;
      void new Promise((resolve) => resolve(handle(request, id))).then(
        (value) => say({ id, answer: value }),
        (error: unknown) => say({ id, error }),
      );
    }
  });
  say({ ready: true });
}
