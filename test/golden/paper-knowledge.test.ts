import { describe, expect, it } from '@jest/globals';
import { tspoOptions } from '@turnwise/advantage-tspo';
import { folrOptions } from '@turnwise/reward-folr';
import { z } from 'zod';

interface Described {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
}

/** Every option that is not itself a group of options, by path. */
function optionsOf(schema: Described, path = ''): [string, string][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, option]) => {
    const place = path === '' ? name : `${path}.${name}`;
    return option.properties ? optionsOf(option, place) : [[place, option.description ?? ''] as [string, string]];
  });
}

/** The paper's equations are not public: each switch says whether its default is known, inferred, unknown or ours. */
describe.each([
  ['tspo', tspoOptions],
  ['folr', folrOptions],
] as const)('%s', (_, options) => {
  const all = optionsOf(z.toJSONSchema(options, { io: 'input' }) as Described);
  it.each(all)('says what is known of %s', (_, description) => {
    expect(description).toMatch(/KNOWN|INFERRED|UNKNOWN|\bOurs\b/);
  });
  it('has options', () => {
    expect(all.length).toBeGreaterThan(10);
  });
});
