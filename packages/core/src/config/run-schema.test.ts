import { describe, expect, it } from '@jest/globals';
import { builtinStrategies } from './strategies.js';
import { runJsonSchema, runSchema } from './run-schema.js';

describe('runJsonSchema', () => {
  const schema = runJsonSchema();
  const properties = schema['properties'] as Record<string, { properties?: Record<string, unknown> }>;

  it('shows keys, defaults and descriptions, and forbids other keys', () => {
    expect(schema['additionalProperties']).toBe(false);
    expect(properties['rollout']?.properties?.['groupSize']).toMatchObject({
      default: 8,
      minimum: 1,
      description: 'Trajectories sampled for each question.',
    });
  });

  it('offers names only where a TypeScript configuration may hold a plugin', () => {
    expect(properties['policy']?.properties?.['use']).toMatchObject({ type: 'string', minLength: 1 });
  });

  it('lets a reward stand alone or in a list', () => {
    expect(properties['reward']).toMatchObject({ anyOf: [{ type: 'object' }, { type: 'array', items: {} }] });
  });
});

describe('builtinStrategies', () => {
  it.each(Object.entries(builtinStrategies))('%s passes the schema', (_name, pair) => {
    expect(runSchema.safeParse(pair).success).toBe(true);
  });
});
