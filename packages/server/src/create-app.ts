import type { HttpBindings } from '@hono/node-server';
import type { Logger, SearchHit, SearchTool } from '@turnwise/core';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Admission } from './admission.js';
import { authoriser } from './authorise.js';
import { HttpFailure } from './http-failure.js';
import { recallBatchReply, recallReply, searchR1Reply } from './retrieval-reply.js';
import { readRetrievalRequest, type RetrievalRequest } from './retrieval-request.js';
import { retrieve } from './retrieve.js';
import type { ServerOptions } from './server-options.js';
import type { ServiceMetrics } from './service-metrics.js';

/** What the routes work with. */
export interface AppParts {
  readonly tool: SearchTool;
  readonly options: ServerOptions;
  readonly admission: Admission;
  readonly metrics: ServiceMetrics;
  readonly logger: Logger;
}

type Lists = readonly (readonly SearchHit[])[];

/** How each route writes what was found. */
const replies: Readonly<Record<string, (lists: Lists, request: RetrievalRequest) => unknown>> = {
  '/retrieve': (lists, { withScores }) => searchR1Reply(lists, withScores),
  '/search': (lists, { withScores }) => recallReply(lists[0] ?? [], withScores),
  '/batch_search': (lists, { withScores }) => recallBatchReply(lists, withScores),
};

/** ReCall's own default, where Search-R1's is the configured one. */
const recallTopK = 10;

/** The routes of the retrieval service. */
export function createApp({ tool, options, admission, metrics, logger }: AppParts): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const authorise = authoriser(options.token);

  app.get('/health', (context) =>
    admission.draining
      ? context.json({ status: 'draining' }, 503, { connection: 'close' })
      : context.json({ status: 'ok', underWay: admission.inside }),
  );

  app.use(async (context, next) => {
    authorise(context.env.incoming);
    await next();
  });

  app.get('/metrics', (context) => {
    metrics.underWay = admission.inside;
    return context.text(metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });

  const tooLong = bodyLimit({
    maxSize: options.maxBodyBytes,
    onError: () => {
      throw new HttpFailure(413, `A request has at most ${options.maxBodyBytes} bytes.`, { connection: 'close' });
    },
  });

  for (const [route, write] of Object.entries(replies)) {
    app.use(route, async (context, next) => {
      const started = performance.now();
      await next();
      metrics.request(route, context.res.status, (performance.now() - started) / 1000);
    });
    app.post(route, tooLong, async (context) => {
      const leave = admission.enter();
      const patience = startPatience(context.env, options.timeoutSeconds);
      try {
        const body = parseJson(await context.req.text());
        const limits = route === '/retrieve' ? options : { ...options, defaultTopK: recallTopK };
        const request = readRetrievalRequest(body, limits);
        const lists = await Promise.race([retrieve(tool, request, patience.signal, metrics), patience.lost]);
        return context.json(write(lists, request) as object);
      } finally {
        patience.end();
        leave();
      }
    });
    app.all(route, () => {
      throw new HttpFailure(405, 'This address takes POST.', { allow: 'POST' });
    });
  }

  app.notFound((context) =>
    context.json({ error: { message: `There is no ${context.req.path}; there are ${paths.join(', ')}.` } }, 404),
  );
  app.onError((error, context) => {
    if (error instanceof HttpFailure) {
      return context.json({ error: { message: error.message } }, error.status, { ...error.headers });
    }
    logger.error('A request failed.', { path: context.req.path, reason: error.stack ?? error.message });
    return context.json({ error: { message: 'The service failed. Its log says why.' } }, 500);
  });
  return app;
}

const paths = [...Object.keys(replies), '/health', '/metrics'];

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new HttpFailure(400, 'The body is not valid JSON.');
  }
}

/** How long a request is worked on. */
interface Patience {
  /** Aborted when the request takes too long or its client has gone. */
  readonly signal: AbortSignal;
  /** Rejects at the same moment, for search tools that do not look at the signal. */
  readonly lost: Promise<never>;
  end(): void;
}

function startPatience({ outgoing }: HttpBindings, timeoutSeconds: number): Patience {
  const controller = new AbortController();
  const lost = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => {
      reject(controller.signal.reason as Error);
    });
  });
  // Whoever is not racing against it any more must not be troubled by it.
  lost.catch(() => undefined);
  const timer = setTimeout(() => {
    controller.abort(new HttpFailure(504, `The search took longer than ${timeoutSeconds} s.`, { 'retry-after': '1' }));
  }, timeoutSeconds * 1000);
  const gone = (): void => {
    controller.abort(new HttpFailure(503, 'The client has gone.'));
  };
  outgoing.once('close', gone);
  return {
    signal: controller.signal,
    lost,
    end: () => {
      clearTimeout(timer);
      outgoing.off('close', gone);
    },
  };
}
