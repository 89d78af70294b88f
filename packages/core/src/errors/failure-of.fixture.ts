import { TurnwiseError } from './index.js';

/** The error something fails with. Throws when it does not fail, and what it fails with where that is no error of ours. */
export async function failureOf(promise: Promise<unknown>): Promise<TurnwiseError> {
  const error: unknown = await promise.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!TurnwiseError.is(error)) throw error;
  return error;
}
