import { defineTracker, TurnwiseError } from '@turnwise/core';
import { MlflowClient } from './mlflow-client.js';
import { MlflowTracker } from './mlflow-tracker.js';
import { mlflowOptions } from './options.js';

export { MlflowTracker } from './mlflow-tracker.js';
export { mlflowOptions, type MlflowOptions } from './options.js';

/** Metrics of a run to an MLflow server, over its REST API. */
export default defineTracker({
  id: 'mlflow',
  version: '0.1.0',
  options: mlflowOptions,
  create: (context, options) => {
    const url = options.url ?? process.env['MLFLOW_TRACKING_URI'];
    if (url === undefined || !/^https?:\/\//.test(url)) {
      throw new TurnwiseError(
        'CONFIG_INVALID',
        `The mlflow tracker has no server: got ${JSON.stringify(url ?? null)}.`,
        {
          where: 'trackers, mlflow, with.url',
          hint: 'Set with.url or MLFLOW_TRACKING_URI to an address like http://localhost:5000.',
        },
      );
    }
    const headers = credentials(options.tokenVariable);
    const client = new MlflowClient({ url, headers, timeoutSeconds: options.timeoutSeconds });
    return new MlflowTracker(client, url, options, context);
  },
});

/** As MLflow's own clients read them from the environment. */
function credentials(tokenVariable: string): Record<string, string> {
  const { MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = process.env;
  const token = process.env[tokenVariable];
  if (token !== undefined && token !== '') return { authorization: `Bearer ${token}` };
  if (user === undefined || password === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
