import { ToyModel, type AdamParameters, type InitialLogits } from './toy-model.js';
import { sampleSequence, type SamplingParameters } from './toy-sampling.js';
import { forwardBackward, type LossRequest } from './toy-training.js';

export interface EngineOptions {
  readonly vocabulary: number;
  readonly initialLogits?: InitialLogits;
  /** By how much logits change more than parameters. Default: 1. */
  readonly gain?: number;
  readonly reduction?: 'sum' | 'mean-of-means';
  /** Needed for stop strings. */
  readonly decode?: (tokens: readonly number[]) => string;
  /**
   * Whether a repeated save for sampling or load of weights is answered like the first, or refused by 409 and 400 as
   * SkyRL refuses it. Default: `known`.
   */
  readonly repeats?: 'known' | 'refused';
}

/** An HTTP error with its reason. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

interface Future {
  readonly result: object | Refusal;
  pending: number;
  readonly say: 'try_again' | '408';
}

interface Model {
  weights: ToyModel;
  requests: number;
  data: number;
  readonly samplers: Set<number>;
  readonly known: Map<number, { readonly body: string; future: string; readonly result: object | Refusal }>;
}

type Body = Readonly<Record<string, unknown>>;

/** How many polls a future stays pending, and how that is said. */
export interface PendingFuture {
  readonly polls: number;
  readonly say: 'try_again' | '408';
}

/** What the server does with requests: sessions, models, futures, checkpoints. Work is done when it is submitted. */
export class ToyEngine {
  /** Training requests that were carried out, in order; a recognised repetition is not. */
  readonly done: string[] = [];
  readonly checkpoints = new Map<string, ToyModel>();
  private readonly sessions = new Set<string>();
  private readonly models = new Map<string, Model>();
  private readonly samplers = new Map<string, ToyModel>();
  private readonly futures = new Map<string, Future>();
  private counter = 0;

  constructor(private readonly options: EngineOptions) {}

  /** The server is started anew: checkpoints are on disk, everything else is gone. */
  restart(): void {
    for (const map of [this.sessions, this.models, this.samplers, this.futures]) map.clear();
  }

  /** The promises of finished work run out; what was done stays done. */
  expireFutures(): void {
    for (const [id, future] of this.futures) this.futures.set(id, { ...future, result: new Refusal(410, 'expired') });
  }

  /** The weights of the newest model. */
  get weights(): ToyModel {
    const newest = [...this.models.values()].at(-1);
    if (newest === undefined) throw new Error('there is no model');
    return newest.weights;
  }

  answer(path: string, body: Body, pending: PendingFuture = { polls: 0, say: '408' }): object {
    const work = (act: () => object): object => this.future(act, pending);
    const listed = /^\/training_runs\/([^/]+)\/checkpoints$/.exec(path)?.[1];
    if (listed !== undefined) {
      const own = [...this.checkpoints.keys()].filter((name) => name.startsWith(`tinker://${listed}/`));
      return {
        checkpoints: own.map((name) => ({ checkpoint_id: name, checkpoint_type: 'training', tinker_path: name })),
      };
    }
    switch (path) {
      case '/get_server_capabilities':
        return { supported_models: [{ model_name: 'toy' }] };
      case '/create_session': {
        const id = `session-${++this.counter}`;
        this.sessions.add(id);
        return { session_id: id };
      }
      case '/session_heartbeat':
        if (!this.sessions.has(String(body['session_id']))) throw new Refusal(404, 'unknown session');
        return { type: 'session_heartbeat' };
      case '/create_model':
        return work(() => this.createModel(body));
      case '/unload_model':
        return work(() => ({ model_id: body['model_id'], status: this.models.delete(String(body['model_id'])) }));
      case '/forward_backward':
      case '/optim_step':
      case '/load_weights':
        return this.train(path, body, pending);
      case '/save_weights':
        return this.save(body, work);
      case '/save_weights_for_sampler':
        return this.openSampler(body, work);
      case '/asample':
        return work(() => this.sample(body));
      case '/retrieve_future':
        return this.retrieve(String(body['request_id']));
      default:
        throw new Refusal(404, `no such path: ${path}`);
    }
  }

  private createModel({ session_id: session }: Body): object {
    if (!this.sessions.has(String(session))) throw new Refusal(404, 'unknown session');
    const id = `model-${++this.counter}`;
    const { vocabulary, initialLogits = () => 0, gain = 1 } = this.options;
    const weights = new ToyModel(vocabulary, initialLogits, gain);
    this.models.set(id, { weights, requests: 0, data: 0, samplers: new Set(), known: new Map() });
    return { model_id: id };
  }

  private train(path: string, body: Body, pending: PendingFuture): object {
    const model = this.model(body);
    const number = body['seq_id'] as number;
    const text = JSON.stringify([path, body]);
    const forgets = path === '/load_weights' && this.options.repeats === 'refused';
    if (forgets && model.requests > 0) throw new Refusal(400, `LoadWeights is not permitted with seq_id ${number}`);
    const known = model.known.get(number);
    if (known !== undefined) {
      if (known.body !== text) throw new Refusal(409, `seq_id ${number} was used for another request`);
      const { result: told } = this.futures.get(known.future) as Future;
      if (told instanceof Refusal && told.status === 410) known.future = this.keep(known.result, pending);
      return { request_id: known.future, status: 'pending' };
    }
    this.done.push(`${path} ${number}`);
    const accepted = this.future(() => this.carryOut(path, body, model), pending);
    const { request_id: id } = accepted as { request_id: string };
    model.known.set(number, { body: text, future: id, result: (this.futures.get(id) as Future).result });
    return accepted;
  }

  private carryOut(path: string, body: Body, model: Model): object {
    model.requests++;
    const { reduction = 'sum' } = this.options;
    if (path === '/load_weights') {
      const stored = this.checkpoints.get(String(body['path']));
      if (model.requests > 1) throw new Refusal(400, 'load_weights must be the first request of a model');
      if (stored === undefined) throw new Refusal(404, 'no such checkpoint');
      model.weights = stored.copy();
      return { type: 'load_weights' };
    }
    if (path === '/optim_step') {
      const norm = model.weights.step(
        body['adam_params'] as AdamParameters,
        reduction === 'sum' ? 1 : Math.max(1, model.data),
      );
      model.data = 0;
      return { metrics: { 'skyrl.ai/grad_norm': norm } };
    }
    const request = body['forward_backward_input'] as LossRequest;
    model.data += request.data.length;
    return {
      loss_fn_output_type: 'scalar',
      loss_fn_outputs: forwardBackward(model.weights, request, reduction),
      metrics: {},
    };
  }

  private openSampler(body: Body, work: (act: () => object) => object): object {
    const model = this.model(body);
    const number = body['seq_id'] as number;
    if (this.options.repeats === 'refused' && model.samplers.has(number))
      throw new Refusal(409, `checkpoint ss${number} already exists`);
    model.samplers.add(number);
    return work(() => {
      const id = `sampler-${++this.counter}`;
      this.samplers.set(id, model.weights.copy());
      return { path: null, sampling_session_id: id };
    });
  }

  private save(body: Body, work: (act: () => object) => object): object {
    const model = this.model(body);
    const path = `tinker://${String(body['model_id'])}/weights/${String(body['path'])}`;
    if (this.checkpoints.has(path)) throw new Refusal(409, `${path} exists already`);
    return work(() => {
      this.checkpoints.set(path, model.weights.copy());
      return { path };
    });
  }

  private sample(body: Body): object {
    const sampler = this.samplers.get(String(body['sampling_session_id']));
    if (sampler === undefined) throw new Refusal(404, 'unknown sampling session');
    const prompt = (body['prompt'] as { chunks: { tokens: number[] }[] }).chunks.flatMap(({ tokens }) => tokens);
    const { decode = () => '' } = this.options;
    return { sequences: [sampleSequence(sampler, prompt, body['sampling_params'] as SamplingParameters, decode)] };
  }

  private model({ model_id: id }: Body): Model {
    const model = this.models.get(String(id));
    if (model === undefined) throw new Refusal(404, 'unknown model');
    return model;
  }

  private future(act: () => object, pending: PendingFuture): object {
    let result: object | Refusal;
    try {
      result = act();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      result = error;
    }
    return { request_id: this.keep(result, pending), status: 'pending' };
  }

  private keep(result: object | Refusal, { polls, say }: PendingFuture): string {
    const id = String(++this.counter);
    this.futures.set(id, { result, pending: polls, say });
    return id;
  }

  private retrieve(id: string): object {
    const future = this.futures.get(id);
    if (future === undefined) throw new Refusal(404, 'unknown request');
    if (future.pending-- > 0) {
      if (future.say === '408') throw new Refusal(408, 'pending');
      return { type: 'try_again', request_id: id, queue_state: 'active' };
    }
    const { result } = future;
    if (result instanceof Refusal) throw new Refusal(result.status === 410 ? 410 : 400, result.message);
    return result;
  }
}
