import * as fastCheck from 'fast-check';

export * from 'fast-check';

/** Cases a property is tried with: a mutant meets many properties, and one that survives meets all of them. */
const cases = 15;

/** fast-check's `assert` with few cases, and without looking for a smaller case when one has failed. */
export function assert<Values>(
  property: Parameters<typeof fastCheck.assert<Values>>[0],
  parameters: fastCheck.Parameters<Values> = {},
): Promise<void> | void {
  const numRuns = Math.min(cases, parameters.numRuns ?? fastCheck.readConfigureGlobal().numRuns ?? cases);
  return fastCheck.assert(property, { ...parameters, numRuns, endOnFailure: true });
}

export default { ...fastCheck, assert };
