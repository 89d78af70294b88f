import type { LoadedConfig } from './load-config.js';

/** What a configuration asks for that cannot happen as it stands: allowed, but hardly meant. One sentence each. */
export function settingsWithoutEffect({ config, locate }: Pick<LoadedConfig, 'config' | 'locate'>): string[] {
  const { training, objective } = config;
  const found: string[] = [];
  if (training.watchdog.kl !== null && objective.kl.coefficient === 0) {
    found.push(
      `${locate(['training', 'watchdog', 'kl'])}: training.watchdog.kl watches update/kl, which is always 0 while objective.kl.coefficient is 0. ` +
        'To measure the distance without pulling, set objective.kl to { estimator: k1, coefficient: 0.001 }.',
    );
  }
  if (training.keepTrajectories !== null && training.checkpointEvery === 0) {
    found.push(
      `${locate(['training', 'keepTrajectories'])}: training.keepTrajectories removes trajectories with each checkpoint, and training.checkpointEvery 0 writes none before the end. ` +
        'Set training.checkpointEvery.',
    );
  }
  return found;
}
