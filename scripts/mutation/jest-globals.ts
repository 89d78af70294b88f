import circus from 'jest-circus';
import { ModuleMocker } from 'jest-mock';

export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from 'jest-circus';
export { expect } from 'expect';

const mocker = new ModuleMocker(globalThis);

/** What `@jest/globals` gives to a test, of the parts that our tests use, when jest itself does not run. */
export const jest = {
  fn: mocker.fn.bind(mocker),
  spyOn: mocker.spyOn.bind(mocker),
  restoreAllMocks: mocker.restoreAllMocks.bind(mocker),
  /** A mutation run has one time limit for everything. */
  setTimeout: (): void => undefined,
};

export default { ...circus, jest };
