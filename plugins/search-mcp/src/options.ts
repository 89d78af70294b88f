import { z } from 'zod';

const server = z.union(
  [
    z.strictObject({
      command: z.string().min(1).describe('Program to start; it speaks MCP on its standard input and output.'),
      arguments: z.array(z.string()).default([]).describe('Its arguments.'),
      environment: z
        .record(z.string(), z.string())
        .default({})
        .describe(
          'Environment variables it gets besides the harmless ones (PATH, HOME, ...); nothing else is passed on.',
        ),
      folder: z.string().min(1).optional().describe('Its working directory, relative to the configuration.'),
    }),
    z.strictObject({
      url: z.url({ protocol: /^https?$/ }).describe('Address of a server that speaks streamable HTTP.'),
      tokenVariable: z.string().min(1).optional().describe('Environment variable whose value is sent as bearer token.'),
    }),
  ],
  { error: 'expected either { command, arguments } or { url }' },
);

/** Options of the search tool `mcp`. */
export const mcpOptions = z.strictObject({
  server: server.describe('The MCP server that has the search tool.'),
  tool: z.string().min(1).default('search').describe('Name of the tool to call.'),
  queryArgument: z.string().min(1).default('query').describe('Argument of the tool that takes the query.'),
  topKArgument: z
    .string()
    .min(1)
    .optional()
    .describe('Argument that takes the number of hits. Default: not sent; surplus hits are cut.'),
  fixedArguments: z.record(z.string(), z.json()).default({}).describe('Arguments sent with every call.'),
  timeoutSeconds: z.number().positive().max(3600).default(30).describe('A call that takes longer is a `timeout`.'),
  concurrency: z.int().min(1).max(1000).default(8).describe('Most calls under way at once.'),
  topK: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('Passages a search brings where `rollout.topK` is not set; without either, 3.'),
});

export type McpOptions = z.infer<typeof mcpOptions>;
