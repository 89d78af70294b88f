import { z } from 'zod';
import type { Route } from './route.js';
import type { ServerOptions } from './server-options.js';

const failure = z.object({ error: z.object({ message: z.string() }) });

/** What can go wrong with any request, and what the client should do about it. */
const failures: Readonly<Record<number, string>> = {
  400: 'The body or a parameter is wrong; the message names the field.',
  401: 'The bearer token is missing or wrong.',
  413: 'The body, or the number of queries, is beyond the limit.',
  422: 'The strategy cannot work with what was sent.',
  500: 'A plugin failed or broke its contract. Nothing was made up in its place.',
  503: 'Busy, shutting down, or the search failed. Try again after Retry-After.',
  504: 'The request took too long.',
};

/** The service in OpenAPI 3.1, made of the schemas that check the requests. */
export function openApiDocument(routes: readonly Route[], { token }: ServerOptions): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: { title: 'Turnwise', version: '1', description: 'Retrieval, rewards and advantages for search agents.' },
    ...(token === undefined
      ? {}
      : {
          security: [{ bearer: [] }],
          components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
        }),
    paths: Object.fromEntries(routes.map((route) => [route.path, { post: operation(route) }])),
  };
}

function operation(route: Route): Record<string, unknown> {
  const requestSchema = schemaOf(route.request, 'input');
  const replySchema = schemaOf(route.reply, 'output');
  const lines =
    route.linesOf === undefined
      ? {}
      : {
          'application/x-ndjson': {
            schema: { type: 'string', description: `One element of ${route.linesOf} a line.` },
          },
        };
  return {
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    operationId: route.path.slice(1).replaceAll(/[^a-z0-9]+/gi, '-'),
    parameters: parametersOf(route.query),
    requestBody: { required: true, content: { 'application/json': { schema: requestSchema }, ...lines } },
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: replySchema }, ...lines } },
      ...Object.fromEntries(
        Object.entries(failures).map(([status, description]) => [
          status,
          { description, content: { 'application/json': { schema: schemaOf(failure, 'output') } } },
        ]),
      ),
    },
  };
}

function parametersOf(query: z.ZodObject | undefined): Record<string, unknown>[] {
  if (query === undefined) return [];
  const { properties = {} } = schemaOf(query, 'input') as { properties?: Record<string, { description?: string }> };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: false,
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
