import { TurnwiseError } from '@turnwise/core';

/** The header with the API key that an environment variable holds. @throws PLUGIN_OPTIONS_INVALID when it is not set */
export function keyHeader(variable: string | undefined): Record<string, string> {
  if (variable === undefined) return {};
  const key = process.env[variable];
  if (key !== undefined && key !== '') return { 'x-api-key': key };
  throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', `The environment variable ${variable} is not set.`, {
    where: 'policy.with.keyVariable',
    hint: `Set ${variable} to the key of the server, or leave keyVariable out.`,
  });
}
