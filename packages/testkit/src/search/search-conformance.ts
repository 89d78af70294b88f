import type { Passage, PluginDefinition } from '@turnwise/core';
import { runSuite } from '../plugin/common-rules.js';
import type { Runner } from '../rule.js';
import { checkFixtures, checkKeys, type SuiteSettings } from '../settings.js';
import { subjectOf } from '../subject.js';
import { testPassages } from '../test-context.js';
import {
  offlineRule,
  search,
  searchRules,
  type SearchClaims,
  type SearchFixture,
  type SearchSubject,
} from './search-rules.js';

/** What {@link searchToolConformance} can be told. */
export interface SearchSuiteSettings extends SuiteSettings {
  readonly claims?: SearchClaims;
  /** The corpus of the run. Default: five passages about people and places that do not exist. */
  readonly corpus?: readonly Passage[];
  /** Queries of your own, and what they must find. */
  readonly fixtures?: readonly SearchFixture[];
}

/**
 * Holds a search tool to its contract: one test a rule, titled with the rule's id. A tool that asks a server needs one
 * while the tests run; its address goes into `options`.
 *
 * @param runner `describe` and `it` of jest, vitest or node:test.
 * @throws TESTKIT_USAGE at once for what is wrong with the settings.
 */
export function searchToolConformance<Options>(
  runner: Runner,
  plugin: PluginDefinition<'search', Options>,
  settings: SearchSuiteSettings = {},
): void {
  const suite = 'searchToolConformance';
  checkKeys(suite, settings, ['options', 'from', 'seconds', 'claims', 'corpus', 'fixtures']);
  const { claims = {}, corpus = testPassages, fixtures = [] } = settings;
  checkKeys(suite, claims, ['offline'], 'claims');
  for (const fixture of fixtures) checkKeys(suite, fixture, ['query', 'finds'], 'a fixture');
  checkFixtures(suite, fixtures);
  const queries = ['Who wrote Velkar?', 'Tinvek Dormun', 'zzyzx qwrtp', ...fixtures.map(({ query }) => query)];
  const subject: SearchSubject = {
    ...subjectOf(suite, 'search', plugin as PluginDefinition<'search'>, settings, async (tool) =>
      (await search(tool, ['Who wrote Velkar?', 'Tinvek'])).map(({ status, hits }) => ({ status, hits })),
    ),
    context: { corpus },
    fixtures,
    queries,
  };
  runSuite(runner, subject, claims.offline === true ? [...searchRules, offlineRule] : searchRules);
}
