import type { BadCase } from './bad-configurations.js';
import { file } from './bad-folder.js';

const reward = (create: string): BadCase['files'] => ({
  'run.yaml': 'reward: { use: ./mine.ts }\nadvantage: { use: grpo }\n',
  'mine.ts': file('Reward', `create: ${create}`),
});
const advantage = (estimate: string): BadCase['files'] => ({
  'run.yaml': 'reward: { use: folr }\nadvantage: { use: ./mine.ts }\n',
  'mine.ts': file('Advantage', `create: () => ({ estimate: ${estimate} })`),
});
const rewarded = (turns: string, more = ''): string =>
  `() => ({ shape: (group) => { ${more} return group.trajectories.map(() => ({ outcome: 0, correct: false, turns: ${turns} })); } })`;
const estimated = (turns: string): string =>
  `(groups) => groups.map(({ shaped }) => ({ composition: 'all-correct', level: 'trajectory', turns: ${turns} }))`;
const place = 'reward broken: question q1';

/** Faults that show only when the plugin is created or called. */
export const badBehaviour: readonly BadCase[] = [
  {
    name: 'create throws',
    files: reward('() => { throw new Error("no model"); }'),
    code: 'PLUGIN_INIT_FAILED',
    exit: 1,
    value: 'no model',
    place: 'run.yaml:1:16',
    accepts: 'create(), init() and estimateMemory() must end without an error',
    mend: 'mend what the cause below says',
  },
  {
    name: 'a method is missing',
    files: reward('() => ({ score: fine })'),
    code: 'PLUGIN_INIT_FAILED',
    exit: 1,
    value: 'returned has score',
    place: 'run.yaml:1:16',
    accepts: '`shape`',
    mend: 'Return an object with',
  },
  {
    name: 'shape throws',
    files: reward('() => ({ shape: () => { throw new Error("judge is down"); } })'),
    code: 'CONTRACT_REWARD_FAILED',
    exit: 1,
    value: 'judge is down',
    place: 'reward broken failed on question q1',
    accepts: 'returns one { outcome, correct, turns } for each trajectory',
    mend: 'mend what the cause below says',
  },
  {
    name: 'a reward is NaN',
    files: reward(rewarded('[Number.NaN]')),
    code: 'CONTRACT_REWARD_NOT_FINITE',
    exit: 1,
    value: 'reward is NaN',
    place: `${place}, trajectory q1/0, turn 0`,
    accepts: 'a finite number',
    mend: 'outcome: null',
  },
  {
    name: 'too many rewards',
    files: reward(rewarded('[0, 0, 0]')),
    code: 'CONTRACT_REWARD_LENGTH',
    exit: 1,
    value: 'returned 3 turn rewards',
    place: `${place}, trajectory q1/0`,
    accepts: 'for 1 turns',
    mend: 'trajectory.turns.map',
  },
  {
    name: 'rewards for too few trajectories',
    files: reward('() => ({ shape: () => [] })'),
    code: 'CONTRACT_REWARD_LENGTH',
    exit: 1,
    value: 'returned rewards for 0',
    place,
    accepts: 'has 2 trajectories',
    mend: 'group.trajectories.map',
  },
  {
    name: 'right or wrong is neither',
    files: reward(rewarded('[0]').replace('correct: false', 'correct: "yes"')),
    code: 'CONTRACT_REWARD_FAILED',
    exit: 1,
    value: 'correct is yes',
    place: `${place}, trajectory q1/0`,
    accepts: 'true or false',
    mend: 'correct: a boolean',
  },
  {
    name: 'a reward changes what it is given, and returns too few: the change is told',
    files: reward(rewarded('[]', 'group.trajectories.reverse();')),
    code: 'CONTRACT_MUTATED_INPUT',
    exit: 1,
    value: 'changed the trajectories of question q1',
    place: 'reward broken',
    accepts: 'which it may only read',
    mend: 'structuredClone(group)',
  },
  {
    name: 'advantages of the wrong shape',
    files: advantage(estimated('shaped.map(() => [])')),
    code: 'CONTRACT_ADVANTAGE_LENGTH',
    exit: 1,
    value: 'returned 0 advantages',
    place: 'advantage broken: question q1, trajectory q1/0',
    accepts: 'for 1 turns',
    mend: 'rewards.turns.map',
  },
  {
    name: 'advantages for no group',
    files: advantage('() => []'),
    code: 'CONTRACT_ADVANTAGE_LENGTH',
    exit: 1,
    value: 'returned 0 groups',
    place: 'advantage broken',
    accepts: 'for 1 groups',
    mend: 'One entry a group',
  },
  {
    name: 'an advantage is not finite',
    files: advantage(estimated('shaped.map(() => [1 / 0])')),
    code: 'CONTRACT_ADVANTAGE_NOT_FINITE',
    exit: 1,
    value: 'advantage is Infinity',
    place: 'advantage broken: question q1, trajectory q1/0, turn 0',
    accepts: 'a finite number',
    mend: 'Guard divisions',
  },
  {
    name: 'a search tool that returns too few outcomes',
    files: {
      'run.yaml': 'corpus: { file: corpus.jsonl }\nsearch: { use: ./mine.ts }\n',
      'mine.ts': file('SearchTool', 'create: () => ({ search: () => Promise.resolve([]) })'),
    },
    words: ['search', '-c', 'run.yaml', 'Velkar'],
    code: 'CONTRACT_SEARCH_LENGTH',
    exit: 1,
    value: 'returned 0 outcomes',
    place: 'search broken',
    accepts: 'for 1 queries',
    mend: 'one outcome for each query',
  },
];
