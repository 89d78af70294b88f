import { z } from 'zod';

const identifier = /^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?$/;

/** Options of the search tool `postgres`, shared with the import. */
export const postgresOptions = z.strictObject({
  connectionString: z
    .string()
    .min(1)
    .optional()
    .describe('As libpq and pg understand it: postgresql://user@host:5432/database. Keep secrets out of it.'),
  connectionVariable: z
    .string()
    .min(1)
    .default('DATABASE_URL')
    .describe('Environment variable holding the connection string when none is given here.'),
  table: z
    .string()
    .regex(identifier, 'lower-case letters, digits and _, with a schema in front if wanted')
    .default('turnwise_passages')
    .describe('Table of the passages; beside it stands one with the same name and _terms.'),
  language: z
    .string()
    .regex(identifier, 'the name of a text search configuration')
    .default('english')
    .describe('Text search configuration of PostgreSQL: `english`, `simple`, ... The same for import and search.'),
  poolSize: z.int().min(1).max(1000).default(8).describe('Most connections at once.'),
  statementTimeoutSeconds: z
    .number()
    .positive()
    .max(3600)
    .default(10)
    .describe('A query that takes longer is cancelled by the server; its outcome is `timeout`.'),
  maxCandidates: z
    .int()
    .min(100)
    .max(10_000_000)
    .default(20_000)
    .describe('Passages looked at per query: its rarest words are taken until they would bring more than this.'),
  topK: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('Passages a search brings where `rollout.topK` is not set; without either, 3.'),
});

export type PostgresOptions = z.infer<typeof postgresOptions>;
