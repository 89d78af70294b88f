import type { Policy, Sample } from '@turnwise/core';
import { demand, type Rule } from '../rule.js';
import { sameValue, shown } from '../same-value.js';
import { withInstance } from '../subject.js';
import { settled } from '../within.js';
import { contentOf, requestOf, sample, type PolicySubject } from './policy-subject.js';

type PolicyRule = Rule<PolicySubject>;

/** A few samples: sampled and greedy, first and later turns. */
async function samples(policy: Policy, subject: PolicySubject): Promise<Sample[]> {
  const requests = [
    {},
    { seed: 12, temperature: 0.7 },
    { seed: 13, temperature: 0 },
    { turn: 3, maySearch: false, trajectoryId: 'q1/1' },
  ];
  const drawn: Sample[] = [];
  for (const changes of requests) drawn.push(await sample(policy, subject, changes));
  return drawn;
}

/** Results of equal requests are compared only where the plugin says they are equal. */
const comparable = ({ plugin }: PolicySubject): boolean => plugin.deterministic !== false;

/** What holds for what a policy samples. */
export const samplingRules: readonly PolicyRule[] = [
  {
    id: 'policy/sample',
    says: 'a sample is a text that ended by stop or by length',
    check: (subject) =>
      withInstance(subject, async (policy) => {
        for (const drawn of await samples(policy, subject)) {
          demand(
            typeof drawn.text === 'string' && (drawn.finish === 'stop' || drawn.finish === 'length'),
            () => `sampled ${shown(drawn)}`,
            'return a text, and finish as stop or length',
          );
        }
      }),
  },
  {
    id: 'policy/logprobs',
    says: 'each sampled token has a finite log-probability of at most 0; without tokens there are none',
    check: (subject) =>
      withInstance(subject, async (policy) => {
        for (const { tokenIds, logprobs } of await samples(policy, subject)) {
          demand(
            tokenIds.length === logprobs.length || (!policy.capabilities.logprobs && logprobs.length === 0),
            () => `${tokenIds.length} tokens have ${logprobs.length} log-probabilities`,
            'return one for each token',
          );
          const bad = logprobs.find((value) => !(Number.isFinite(value) && value <= 1e-6));
          demand(
            bad === undefined,
            () => `a log-probability is ${shown(bad)}`,
            'return natural logarithms of probabilities',
          );
        }
      }),
  },
  {
    id: 'policy/max-tokens',
    says: 'no more tokens than asked for',
    check: (subject) =>
      withInstance(subject, async (policy) => {
        const { tokenIds } = await sample(policy, subject, { maxTokens: 2, stop: [] });
        demand(tokenIds.length <= 2, () => `maxTokens 2 gave ${tokenIds.length} tokens`, 'stop at maxTokens');
      }),
  },
  {
    id: 'policy/stop',
    says: 'nothing follows a stop text, and a stop text is kept',
    check: (subject) =>
      withInstance(subject, async (policy) => {
        for (let seed = 0; seed < 8; seed++) {
          const { text } = await sample(policy, subject, { seed, maxTokens: 24 });
          for (const stop of subject.stop) {
            const at = text.indexOf(stop);
            demand(
              at < 0 || text.slice(at + stop.length).trim() === '',
              () => `after ${shown(stop)} there is more: ${shown(text)}`,
              'end the sample after the first stop text',
            );
          }
        }
      }),
  },
  {
    id: 'policy/seed',
    says: 'the same request gives the same sample',
    check: (subject) =>
      withInstance(subject, async (policy) => {
        const [first, second] = [
          await sample(policy, subject),
          await sample(policy, subject, { trajectoryId: 'q1/7' }),
        ];
        demand(
          !comparable(subject) || sameValue(contentOf(first), contentOf(second), 1e-6),
          () => `seed 11 gave ${shown(contentOf(first))}, then ${shown(contentOf(second))}`,
          'draw from a stream made of request.seed; or declare deterministic: false',
        );
      }),
  },
  {
    id: 'policy/greedy',
    says: 'at temperature 0 the seed means nothing',
    check: (subject) =>
      withInstance(subject, async (policy) => {
        const greedy = { temperature: 0 };
        const [first, second] = [
          await sample(policy, subject, greedy),
          await sample(policy, subject, { ...greedy, seed: 99 }),
        ];
        demand(
          !comparable(subject) || sameValue(first.text, second.text),
          () => `greedy with two seeds: ${shown(first.text)} and ${shown(second.text)}`,
          'take the most probable token',
        );
      }),
  },
  {
    id: 'policy/concurrent',
    says: 'what is sampled beside others is what is sampled alone',
    check: (subject) =>
      withInstance(subject, async (policy) => {
        const requests = Array.from({ length: 5 }, (_, index) => ({ seed: 20 + index, trajectoryId: `q1/${index}` }));
        const alone: unknown[] = [];
        for (const request of requests) alone.push(contentOf(await sample(policy, subject, request)));
        const together = await Promise.all(
          requests.map(async (request) => contentOf(await sample(policy, subject, request))),
        );
        demand(
          !comparable(subject) || sameValue(together, alone, 1e-5),
          () => `alone ${shown(alone)}, together ${shown(together)}`,
          'let batches change no sample',
        );
      }),
  },
  {
    id: 'policy/release',
    says: 'trajectories may be released, also unknown ones, and sampling goes on',
    check: (subject) =>
      withInstance(subject, async (policy) => {
        await sample(policy, subject);
        policy.release?.('q1/0');
        policy.release?.('never seen');
        demand(
          typeof (await sample(policy, subject)).text === 'string',
          () => 'after release() nothing could be sampled',
          'forget the cache of the trajectory and nothing else',
        );
      }),
  },
  {
    id: 'policy/abort',
    says: 'a run that ends is not held up',
    check: (subject) =>
      withInstance(subject, async (policy) => {
        const gone = AbortSignal.abort(new Error('the run ends'));
        await settled(subject.seconds, 'sample() after an abort', () =>
          policy.sample(requestOf(policy, subject), gone),
        );
      }),
  },
];
