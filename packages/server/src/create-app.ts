import type { HttpBindings } from '@hono/node-server';
import type { Logger } from '@turnwise/core';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Admission } from './admission.js';
import { authoriser } from './authorise.js';
import { HttpFailure } from './http-failure.js';
import { openApiDocument } from './open-api-document.js';
import { startPatience } from './patience.js';
import { JsonLines, type Route } from './route.js';
import type { ServerOptions } from './server-options.js';
import type { ServiceMetrics } from './service-metrics.js';

/** What the service is made of. */
export interface AppParts {
  readonly routes: readonly Route[];
  readonly options: ServerOptions;
  readonly admission: Admission;
  readonly metrics: ServiceMetrics;
  readonly logger: Logger;
}

type App = Hono<{ Bindings: HttpBindings }>;

/** The routes of the service, every one behind the same checks. */
export function createApp({ routes, options, admission, metrics, logger }: AppParts): App {
  const app: App = new Hono<{ Bindings: HttpBindings }>();
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

  app.get('/openapi.json', (context) => context.json(openApiDocument(routes, options)));

  const tooLong = bodyLimit({
    maxSize: options.maxBodyBytes,
    onError: () => {
      throw new HttpFailure(413, `A request has at most ${options.maxBodyBytes} bytes.`, { connection: 'close' });
    },
  });

  for (const route of routes) {
    app.use(route.path, async (context, next) => {
      const started = performance.now();
      await next();
      metrics.request(route.path, context.res.status, (performance.now() - started) / 1000);
    });
    // Before the body is read: as many bodies are held as requests are let in.
    app.use(route.path, async (context, next) => {
      const leave = context.req.method === 'POST' ? admission.enter() : null;
      try {
        await next();
      } finally {
        leave?.();
      }
    });
    app.post(route.path, tooLong, async (context) => {
      const patience = startPatience(context.env, options.timeoutSeconds);
      try {
        const work = route.handle({
          body: await Promise.race([context.req.text(), patience.lost]),
          contentType: mediaType(context.req.header('content-type')),
          query: context.req.query(),
          signal: patience.signal,
        });
        return send(context, await Promise.race([work, patience.lost]));
      } finally {
        patience.end();
      }
    });
    app.all(route.path, () => {
      throw new HttpFailure(405, 'This address takes POST.', { allow: 'POST' });
    });
  }

  const paths = [...routes.map(({ path }) => path), '/health', '/metrics', '/openapi.json'];
  app.notFound((context) =>
    context.json({ error: { message: `There is no ${context.req.path}; there are ${paths.join(', ')}.` } }, 404),
  );
  app.onError((error, context) => {
    if (error instanceof HttpFailure) {
      if (error.status === 500) logger.error('A request failed.', { path: context.req.path, reason: error.message });
      return context.json({ error: { message: error.message } }, error.status, { ...error.headers });
    }
    // Whoever leaves in the middle of a request writes no lines into the log.
    const { complete, destroyed } = context.env.incoming;
    if (destroyed && !complete) return context.json({ error: { message: 'The request broke off.' } }, 400);
    logger.error('A request failed.', { path: context.req.path, reason: error.stack ?? error.message });
    return context.json({ error: { message: 'The service failed. Its log says why.' } }, 500);
  });
  return app;
}

function mediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function send(context: Context, value: unknown): Response {
  if (!(value instanceof JsonLines)) return context.json(value as object);
  const text = value.values.map((line) => `${JSON.stringify(line)}\n`).join('');
  return context.body(text, 200, { 'content-type': 'application/x-ndjson' });
}
