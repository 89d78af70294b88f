import { describe, expect, it } from '@jest/globals';
import type { PluginDefinition } from '../contract/index.js';
import { isolatedUse } from './isolated-use.js';
import type { PluginOrigin, PluginRequest } from './loaded-plugin.js';

const limits = { timeoutSeconds: 1, memoryMegabytes: 64 };
const request = (changes: object): PluginRequest =>
  ({
    kind: 'reward',
    use: './tidy.ts',
    options: { a: 1 },
    path: ['reward', 0],
    where: 'run.yaml:1:1',
    ...changes,
  }) as never;
const origin = (path: string | null): PluginOrigin => ({ source: 'tidy', version: '1.0.0', integrity: null, path });
const definition = (changes: object = {}): PluginDefinition => ({ id: 'tidy', ...changes }) as never;

describe('isolatedUse', () => {
  it('is what a worker needs to make the reward again, where isolation is asked for', () => {
    expect(isolatedUse(request({}), definition(), origin('/a/tidy.ts'))).toBeNull();
    expect(isolatedUse(request({ isolation: limits }), definition({ requires: [] }), origin('/a/tidy.ts'))).toEqual({
      limits,
      file: '/a/tidy.ts',
      options: { a: 1 },
    });
  });

  it.each<[string, object, object, string | null]>([
    ['policy.scores', {}, { requires: ['policy.scores'] }, '/a/tidy.ts'],
    ['no file', {}, {}, null],
    ['cannot be sent', { options: { score: () => 1 } }, {}, '/a/tidy.ts'],
  ])('is refused for %s', (says, changes, more, path) => {
    expect(() => isolatedUse(request({ isolation: limits, ...changes }), definition(more), origin(path))).toThrow(
      expect.objectContaining({ code: 'PLUGIN_NOT_ISOLATABLE', message: expect.stringContaining(says) as unknown }),
    );
  });
});
