import { describe, expect, it } from '@jest/globals';
import { checkConfig } from './load-config.js';
import { emptySource } from './config-source.js';
import { parseSetOption } from './set-option.js';
import { settingsWithoutEffect } from './settings-without-effect.js';

const found = (...set: string[]): string[] =>
  settingsWithoutEffect(checkConfig(emptySource('/runs'), set.map(parseSetOption), '/runs'));

describe('settingsWithoutEffect', () => {
  it('finds nothing in the defaults', () => {
    expect(found()).toEqual([]);
  });

  it('names a limit on a KL that nobody measures, and where it was asked for', () => {
    const limit = 'training.watchdog.kl={ above: 0.1, action: stop }';
    expect(found(limit)).toEqual([expect.stringMatching(/^--set training\.watchdog\.kl=.*update\/kl.*always 0/)]);
    expect(found(limit, 'objective.kl.coefficient=0.001')).toEqual([]);
  });

  it('names a retention that has no checkpoint to wait for', () => {
    expect(found('training.keepTrajectories=5', 'training.checkpointEvery=0')).toEqual([
      expect.stringContaining('training.keepTrajectories'),
    ]);
    expect(found('training.keepTrajectories=5')).toEqual([]);
  });
});
