import { TurnwiseError, suggestion } from '@turnwise/core';
import { shown } from './same-value.js';

/** What every suite can be told. */
export interface SuiteSettings {
  /** The plugin's options as a configuration gives them. Default: none, `{}`. */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * Where the plugin's package.json is looked for, upwards: a file, a folder or `import.meta.url`. Default: the current
   * folder. `null`: the plugin is a single file without a package, and the rules about packages are left out.
   */
  readonly from?: string | URL | null;
  /** Most seconds one call of the plugin may take. Default 10. */
  readonly seconds?: number;
}

/** A mistake in the test itself, not in the plugin: it is thrown at once, before any test runs. */
export function misused(suite: string, problem: string, mend: string): TurnwiseError {
  return new TurnwiseError('TESTKIT_USAGE', `${suite}: ${problem}`, { where: suite, hint: mend });
}

/**
 * Refuses settings no suite knows, also inside `claims`.
 *
 * @throws TESTKIT_USAGE
 */
export function checkKeys(suite: string, given: object, known: readonly string[], within = ''): void {
  if (typeof (given as unknown) !== 'object' || (given as unknown) === null) {
    throw misused(
      suite,
      `expected ${within === '' ? 'settings' : within} as an object, got ${shown(given)}.`,
      'Write { ... }.',
    );
  }
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    const place = within === '' ? '' : ` of ${within}`;
    throw misused(
      suite,
      `there is no setting "${key}"${place}.${suggestion(key, known)} Known: ${known.join(', ')}.`,
      'Correct the name, or leave it out.',
    );
  }
}

/**
 * Refuses fixtures that are there twice: the second tests nothing, and was probably meant to be another one.
 *
 * @throws TESTKIT_USAGE
 */
export function checkFixtures(suite: string, fixtures: readonly unknown[]): void {
  const seen = new Map<string, number>();
  fixtures.forEach((fixture, index) => {
    const text = JSON.stringify(fixture);
    const other = seen.get(text);
    if (other !== undefined) {
      throw misused(
        suite,
        `fixtures ${other} and ${index} are the same: ${shown(fixture)}.`,
        'Remove one, or change it.',
      );
    }
    seen.set(text, index);
  });
}
