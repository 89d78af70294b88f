import type { Ignorer } from '@stryker-mutator/api/ignore';

/** The parts of a node of Babel's that are looked at here. */
interface Visited {
  readonly node: { readonly type: string; readonly callee?: { readonly name?: string } };
}

/** Words, hints and details of errors are left as they are: a test of every word would be the text written twice. */
export const ignoreErrorTexts: Ignorer = {
  shouldIgnore(path) {
    const { node } = path as Visited;
    return node.type === 'NewExpression' && node.callee?.name?.endsWith('Error') === true
      ? 'what an error says'
      : undefined;
  },
};
