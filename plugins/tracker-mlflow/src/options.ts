import { z } from 'zod';

/** Options of the `mlflow` tracker. */
export const mlflowOptions = z.strictObject({
  url: z
    .url()
    .optional()
    .describe('Address of the server, e.g. http://localhost:5000. Default: the variable MLFLOW_TRACKING_URI.'),
  experiment: z.string().min(1).default('turnwise').describe('Name of the experiment; made when it is not there.'),
  runName: z.string().min(1).optional().describe('Name of the run. Default: that of the run folder.'),
  tags: z.record(z.string(), z.string()).default({}).describe('Further tags of the run.'),
  tokenVariable: z
    .string()
    .default('MLFLOW_TRACKING_TOKEN')
    .describe(
      'Environment variable of a bearer token; without it MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, if set.',
    ),
  timeoutSeconds: z.number().gt(0).default(10).describe('Limit of one request.'),
  retries: z.int().min(0).default(3).describe('Further tries of a request before what it carries is put into a file.'),
  flushSeconds: z.number().min(0).default(10).describe('How long the end of a run waits for what was not sent yet.'),
});

export type MlflowOptions = z.output<typeof mlflowOptions>;
