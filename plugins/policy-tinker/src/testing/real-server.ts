import type { TinkerOptions } from '../tinker-options.js';

/**
 * The server that the tests are asked to run against as well, by environment variables:
 *
 *     TURNWISE_TINKER_URL      its address; without it there is none
 *     TURNWISE_TINKER_SERVER   which server it is; default skyrl-jax
 *     TURNWISE_TINKER_MODEL    model to train; default the first the server offers
 *     TURNWISE_TINKER_RANK     rank of the adapter; default 8
 *     TURNWISE_TINKER_KEY      its key, if it wants one
 */
export async function realServer(): Promise<{ url: string; options: Partial<TinkerOptions> } | null> {
  const {
    TURNWISE_TINKER_URL: url,
    TURNWISE_TINKER_SERVER: server = 'skyrl-jax',
    TURNWISE_TINKER_MODEL: model,
    TURNWISE_TINKER_RANK: rank = '8',
    TURNWISE_TINKER_KEY: key,
  } = process.env;
  if (url === undefined || url === '') return null;
  const baseModel = model ?? (await firstModel(url));
  return {
    url,
    options: {
      server: server as TinkerOptions['server'],
      baseModel,
      rank: Number(rank),
      ...(key === undefined ? {} : { keyVariable: 'TURNWISE_TINKER_KEY' }),
    },
  };
}

async function firstModel(url: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/get_server_capabilities`);
  const { supported_models: models } = (await response.json()) as { supported_models: { model_name: string }[] };
  const [first] = models;
  if (first === undefined) throw new Error(`${url} offers no model; name one in TURNWISE_TINKER_MODEL`);
  return first.model_name;
}
