import { TurnwiseError } from '@turnwise/core';
import type { Policy, PluginContext, Sample, SampleRequest } from '@turnwise/core';
import { Budget } from './budget.js';
import { EndpointPool } from './endpoint-pool.js';
import { pause } from './on-abort.js';
import type { OpenAiOptions } from './options.js';
import { postJson, RequestFailure, rolloutFailure } from './post-json.js';
import { readReply } from './read-reply.js';
import { requestBody } from './request-body.js';

type Context = Pick<PluginContext, 'logger' | 'random' | 'clock' | 'metrics'>;

/** A policy behind OpenAI-compatible servers. It samples; it cannot be trained. */
export class OpenAiPolicy implements Policy {
  readonly capabilities: Policy['capabilities'];
  readonly tokenizer = null;
  readonly budget: Budget;
  private readonly pool: EndpointPool;
  private saidSpent = false;

  constructor(
    private readonly options: OpenAiOptions,
    private readonly key: string | undefined,
    private readonly context: Context,
  ) {
    this.capabilities = {
      trainable: false,
      objectives: [],
      logprobs: options.tokens !== 'none',
      maxContext: options.contextLength,
    };
    this.budget = new Budget(options.budget, options.pricePerMillion);
    this.pool = new EndpointPool(options.endpoints, options.concurrency, context.clock);
  }

  /** @throws ROLLOUT_BUDGET when it is spent, ROLLOUT_POLICY when no server answered in all tries */
  async sample(request: SampleRequest, signal: AbortSignal): Promise<Sample> {
    const { path, body } = requestBody(request, this.options);
    for (let tries = 1; ; tries++) {
      try {
        return await this.pool.run(
          request.trajectoryId,
          signal,
          async (url) => {
            this.assertBudget();
            const reply = await postJson(url + path, body, this.key, this.options.timeoutSeconds, signal);
            const { sample, usage } = readReply(reply, request, this.options);
            this.budget.spend(usage);
            this.context.metrics.record('tokens', usage.input + usage.output);
            return sample;
          },
          (error) => error instanceof RequestFailure && error.passes,
        );
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error;
        if (!error.passes || tries > this.options.retries) throw rolloutFailure(error, tries);
        this.context.metrics.record('retries', 1);
        // Full jitter, so that clients that failed together do not come back together.
        const backoff = this.context.random.next() * Math.min(30_000, 500 * 2 ** (tries - 1));
        await pause(error.wait ?? backoff, signal);
      }
    }
  }

  release(trajectoryId: string): void {
    this.pool.release(trajectoryId);
  }

  forwardBackward(): Promise<never> {
    return notTrainable();
  }

  optimStep(): Promise<never> {
    return notTrainable();
  }

  save(): Promise<never> {
    return notTrainable();
  }

  load(): Promise<never> {
    return notTrainable();
  }

  private assertBudget(): void {
    try {
      this.budget.assertLeft();
    } catch (error) {
      if (!this.saidSpent) this.context.logger.warn(`policy openai: ${(error as Error).message}`, this.budget.spent);
      this.saidSpent = true;
      throw error;
    }
  }
}

function notTrainable(): Promise<never> {
  return Promise.reject(
    new TurnwiseError('RUN_NOT_TRAINABLE', 'The policy openai cannot be trained: its weights are out of reach.', {
      where: 'policy.use',
      hint: 'Train with `transformer` or `tinker`.',
    }),
  );
}
