import { describe, expect, it } from '@jest/globals';
import type { LoadedConfig } from '../config/index.js';
import { runPlace } from './run-place.js';

const loaded = (run: object, file: string | null): LoadedConfig =>
  ({ config: { run, seed: 7 }, file, strategy: 'tspo' }) as unknown as LoadedConfig;

describe('runPlace', () => {
  it.each([
    [{}, '/c/quick.start.yaml', '/here/runs/quick-start-tspo-seed7-20261122-101112'],
    [{}, null, '/here/runs/run-tspo-seed7-20261122-101112'],
    [{ name: 'mine' }, '/c/x.yaml', '/here/runs/mine'],
    [{ name: 'mine', folder: '/there' }, '/c/x.yaml', '/there/mine'],
  ])('%j', (run, file, place) => {
    expect(runPlace(loaded(run, file), '/here', new Date('2026-11-22T10:11:12Z'))).toBe(place);
  });
});
