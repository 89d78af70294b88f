import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { TurnwiseError, type Logger } from '@turnwise/core';
import { Hono } from 'hono';
import { authoriser } from '../authorise.js';
import { HttpFailure } from '../http-failure.js';
import { listen, urlOf } from '../listen.js';
import { isLoopback } from '../loopback.js';
import type { CreditStrategies } from '../services.js';
import { addDashboardRoutes } from './dashboard-routes.js';
import { readPage } from './page-files.js';
import { RunViews } from './run-views.js';

export interface DashboardOptions {
  /** Folder with runs in it, at any of three depths, or one run; absolute. */
  readonly folder: string;
  /** Folder of the built page. */
  readonly page: string;
  /** Default 127.0.0.1. Any but a loopback address needs a token. */
  readonly host?: string;
  /** Default 8090; 0 takes a free one. */
  readonly port?: number;
  /** At least 16 characters. */
  readonly token?: string | undefined;
  /** Strategies that recorded groups can be credited by; without them the page shows what was recorded. */
  readonly credit?: CreditStrategies;
}

export interface RunningDashboard {
  /** Where it listens. */
  readonly url: string;
  /** What to open in a browser: with the token, if there is one, which is exchanged for a cookie. */
  readonly link: string;
  close(): Promise<void>;
}

const cookieName = 'turnwise-token';

/** Nothing but the page's own files may run, style or be asked; model and passage text can do nothing even if it slipped through. */
const headers: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/**
 * Serves the page over a folder of runs. Only reads.
 *
 * @throws CONFIG_INVALID for another host than loopback without a token, or a short one; CONFIG_USAGE when the address
 *   cannot be had; RUN_NOT_FOUND when the page is not built.
 */
export async function startDashboard(options: DashboardOptions, logger: Logger): Promise<RunningDashboard> {
  const { folder, host = '127.0.0.1', port = 8090, token, credit = null } = options;
  checkAccess(host, token);
  const page = await readPage(options.page);
  const closing = new AbortController();
  const app = new Hono<{ Bindings: HttpBindings }>();
  const authorise = authoriser(token);

  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD') {
      throw new HttpFailure(405, 'This service only reads.', { allow: 'GET, HEAD' });
    }
    const offered = context.req.query('token');
    if (token !== undefined && offered !== undefined && context.req.path === '/') {
      // The link that the terminal printed: from here on a cookie that no script can read stands for it.
      authorise(withBearer(context.env.incoming, offered));
      const value = Buffer.from(offered).toString('base64url');
      const cookie = `${cookieName}=${value}; HttpOnly; SameSite=Strict; Path=/`;
      return context.body(null, 303, { location: '/', 'set-cookie': cookie });
    }
    authorise(withCookie(context.env.incoming));
    return next();
  });
  addDashboardRoutes(app as unknown as Hono, new RunViews(folder), credit, closing.signal);
  app.get('*', (context) => {
    const file = page.get(context.req.path);
    if (file === undefined) throw new HttpFailure(404, `There is no ${context.req.path}.`);
    return context.body(file.content, 200, { 'content-type': file.type });
  });
  app.onError((error, context) => {
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    if (error instanceof HttpFailure) {
      return context.json({ error: { message: error.message } }, error.status, { ...error.headers });
    }
    if (TurnwiseError.is(error)) return context.json({ error: { message: error.message } }, 500);
    logger.error('A request failed.', { path: context.req.path, reason: error.stack ?? error.message });
    return context.json({ error: { message: 'The dashboard failed. Its log says why.' } }, 500);
  });

  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await listen(server, { host, port }, 'The dashboard');
  const url = urlOf(server.address() as AddressInfo);
  return {
    url,
    link: token === undefined ? url : `${url}/?token=${encodeURIComponent(token)}`,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function checkAccess(host: string, token: string | undefined): void {
  if (token !== undefined && token.length < 16) {
    throw new TurnwiseError('CONFIG_INVALID', 'A token needs at least 16 characters.', { where: 'dashboard.token' });
  }
  if (token === undefined && !isLoopback(host)) {
    throw new TurnwiseError('CONFIG_INVALID', `Listening on ${host} needs a token.`, {
      where: 'dashboard.host',
      hint: 'Set a token of 16 or more characters, or listen on 127.0.0.1.',
    });
  }
}

/** What is looked at of a request to see who asks. */
interface Asker {
  readonly headers: IncomingHttpHeaders;
}

function withBearer({ headers: sent }: Asker, token: string): Asker {
  return { headers: { ...sent, authorization: `Bearer ${token}` } };
}

/** A browser brings the token as a cookie; programs bring it as a bearer token. */
function withCookie(request: Asker): Asker {
  const cookies = (request.headers.cookie ?? '').split(/;\s*/);
  const found = cookies.find((cookie) => cookie.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1);
  // As base64url, so that no character of a token means anything in a cookie.
  return found === undefined ? request : withBearer(request, Buffer.from(found, 'base64url').toString());
}
