import fc from 'fast-check';
import type { Action, PluginDefinition, Protocol, SearchOutcome } from '@turnwise/core';
import { anyQuestion } from '../generators/trajectories.js';
import { runSuite } from '../plugin/common-rules.js';
import { demand, type Rule, type Runner } from '../rule.js';
import { sameValue, shown } from '../same-value.js';
import { checkFixtures, checkKeys, type SuiteSettings } from '../settings.js';
import { subjectOf, withInstance, type Subject } from '../subject.js';

/** An output and what the protocol must read in it. */
export interface ProtocolFixture {
  readonly output: string;
  readonly action: Action;
}

/** What {@link protocolConformance} can be told. */
export interface ProtocolSuiteSettings extends SuiteSettings {
  /** At least one output that searches, one that answers and one that does neither. */
  readonly fixtures: readonly ProtocolFixture[];
}

interface ProtocolSubject extends Subject<'protocol'> {
  readonly fixtures: readonly ProtocolFixture[];
}

type ProtocolRule = Rule<ProtocolSubject>;

const question = { id: 'q1', text: 'Who wrote Velkar', answers: ['a gold answer nobody may see'] };
const found: SearchOutcome = {
  status: 'ok',
  hits: [
    { id: 'p1', title: 'Velkar', text: 'Velkar was written by Tinvek.', score: 3 },
    { id: 'p2', title: '', text: 'A passage without a title.', score: 1 },
  ],
};
const secret = 'ECONNREFUSED 10.1.2.3:9200 at Socket.<anonymous>';
const outcomes: readonly SearchOutcome[] = [
  found,
  { status: 'empty', hits: [] },
  { status: 'timeout', hits: [], message: secret },
  { status: 'error', hits: [], message: secret },
];
const whole = (passage: string): string => passage;
const reasons = ['no-action', 'empty-query', 'empty-answer', 'unclosed-tag'] as const;

const rule = (
  id: string,
  says: string,
  judge: (protocol: Protocol, subject: ProtocolSubject) => void,
): ProtocolRule => ({
  id: `protocol/${id}`,
  says,
  check: (subject) => withInstance(subject, (protocol) => judge(protocol, subject)),
});

const rules: readonly ProtocolRule[] = [
  rule('stop', 'the texts a turn ends after are there, and not empty', ({ stop }) =>
    demand(
      Array.isArray(stop) && stop.length > 0 && stop.every((text) => typeof text === 'string' && text !== ''),
      () => `stop is ${shown(stop)}`,
      'list the closing marks of a search and of an answer',
    ),
  ),
  rule('prompt', 'the prompt holds the question and no gold answer', (protocol) => {
    const prompt = protocol.prompt(question);
    demand(prompt.includes(question.text), () => `the prompt is ${shown(prompt)}`, 'write the question into it');
    demand(
      !prompt.includes('gold answer'),
      () => `the prompt holds a gold answer: ${shown(prompt)}`,
      'read question.text alone',
    );
  }),
  rule('any-question', 'a question in any script has a prompt', (protocol) =>
    fc.assert(
      fc.property(anyQuestion, (asked) => typeof protocol.prompt(asked) === 'string'),
      { seed: 91 },
    ),
  ),
  rule('fixtures', 'the outputs of this test are read as it says', (protocol, { fixtures }) => {
    for (const { output, action } of fixtures) {
      const read = protocol.parse(output);
      demand(
        sameValue(read, action),
        () => `${shown(output)} is read as ${shown(read)}, not ${shown(action)}`,
        'mend parse(), or the fixture',
      );
    }
  }),
  rule(
    'parse-anything',
    'any text is read as a search, an answer or an invalid action, never with a throw',
    (protocol) =>
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), markedUp(protocol)), (output) => {
          const action = protocol.parse(output) as Partial<Record<string, unknown>>;
          const known =
            (action['kind'] === 'search' && typeof action['query'] === 'string' && action['query'] !== '') ||
            (action['kind'] === 'answer' && typeof action['text'] === 'string' && action['text'] !== '') ||
            (action['kind'] === 'invalid' && (reasons as readonly unknown[]).includes(action['reason']));
          demand(
            known,
            () => `${shown(output)} is read as ${shown(action)}`,
            'return one of the three kinds of action',
          );
        }),
        { seed: 92, numRuns: 300 },
      ),
  ),
  rule('observation', 'what was found is there to read, passage by passage, each cut to its length', (protocol) => {
    const text = protocol.observation(found, (passage) => `${passage.slice(0, 9)}…`);
    for (const { text: passage } of found.hits) {
      demand(
        text.includes(`${passage.slice(0, 9)}…`) && !text.includes(passage),
        () => `the passage ${shown(passage)} is shown as ${shown(text)}`,
        'write truncate(hit.text) for each hit',
      );
    }
  }),
  rule('failures', 'a search that failed tells the policy no address, trace or message', (protocol) => {
    for (const outcome of outcomes.slice(1)) {
      const text = protocol.observation(outcome, whole);
      demand(
        typeof text === 'string' && text.trim() !== '',
        () => `${outcome.status} is shown as ${shown(text)}`,
        'return a short fixed text',
      );
      demand(
        !/ECONN|10\.1\.2\.3|Socket/.test(text),
        () => `${outcome.status} is shown as ${shown(text)}`,
        'do not write outcome.message',
      );
    }
  }),
  rule('correction', 'every invalid action has a text that says what to do', (protocol) => {
    for (const reason of reasons) {
      const text: unknown = protocol.correction(reason);
      demand(
        typeof text === 'string' && text.trim() !== '',
        () => `${reason} is corrected by ${shown(text)}`,
        'return a text',
      );
    }
  }),
];

/** Texts made of the protocol's own marks: the nearest there is to a malformed output. */
function markedUp({ stop }: Protocol): fc.Arbitrary<string> {
  const opening = stop.map((mark) => mark.replace('/', ''));
  return fc
    .array(fc.constantFrom(...stop, ...opening, 'Velkar', ' ', '\n', '<', '>'), { maxLength: 8 })
    .map((parts) => parts.join(''));
}

/**
 * Holds a protocol to its contract: one test a rule, titled with the rule's id.
 *
 * @param runner `describe` and `it` of jest, vitest or node:test.
 * @throws TESTKIT_USAGE at once for what is wrong with the settings.
 */
export function protocolConformance<Options>(
  runner: Runner,
  plugin: PluginDefinition<'protocol', Options>,
  settings: ProtocolSuiteSettings,
): void {
  const suite = 'protocolConformance';
  checkKeys(suite, settings, ['options', 'from', 'seconds', 'fixtures']);
  for (const fixture of settings.fixtures) checkKeys(suite, fixture, ['output', 'action'], 'a fixture');
  checkFixtures(suite, settings.fixtures);
  const subject: ProtocolSubject = {
    ...subjectOf(suite, 'protocol', plugin as PluginDefinition<'protocol'>, settings, (protocol) =>
      Promise.resolve([
        protocol.stop,
        protocol.prompt(question),
        outcomes.map((outcome) => protocol.observation(outcome, whole)),
      ]),
    ),
    fixtures: settings.fixtures,
  };
  runSuite(runner, subject, rules);
}
