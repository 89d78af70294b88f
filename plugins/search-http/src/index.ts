import { defineSearchTool, TurnwiseError } from '@turnwise/core';
import { HttpSearchTool } from './http-search-tool.js';
import { httpOptions, type HttpOptions } from './options.js';

export { HttpSearchTool } from './http-search-tool.js';
export { httpOptions, type HttpOptions } from './options.js';

/** Search over HTTP: the retrieval servers of Search-R1, verl, SkyRL and ReCall, and `turnwise serve`. */
export default defineSearchTool<HttpOptions>({
  id: 'http',
  version: '0.1.0',
  options: httpOptions,
  deterministic: false,
  create(_context, options) {
    return new HttpSearchTool(options, tokenFrom(options.tokenVariable));
  },
});

function tokenFrom(variable: string | undefined): string | null {
  if (variable === undefined) return null;
  const token = process.env[variable];
  if (token === undefined || token === '') {
    throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', `The environment variable ${variable} is not set.`, {
      where: 'search.with.tokenVariable',
      hint: `Set ${variable} to the token of the retrieval service, or leave tokenVariable out.`,
    });
  }
  return token;
}
