// An estimator as it was published: it asks the core that is installed for its define function, as most plugins do.
import { defineAdvantage } from '@turnwise/core';

const options = { '~standard': { version: 1, vendor: 'own', validate: (value) => ({ value }) } };

export default defineAdvantage({
  id: 'centred',
  version: '0.9.0',
  options,
  create: () => ({
    estimate: (groups) =>
      groups.map(({ shaped }) => {
        const mean = shaped.reduce((sum, { outcome }) => sum + outcome, 0) / shaped.length;
        const turns = shaped.map((rewards) => rewards.turns.map(() => rewards.outcome - mean));
        const right = shaped.filter(({ correct }) => correct).length;
        const composition = right === 0 ? 'all-wrong' : right === shaped.length ? 'all-correct' : 'mixed';
        return { composition, level: turns.flat().some((value) => value !== 0) ? 'trajectory' : 'none', turns };
      }),
  }),
});
