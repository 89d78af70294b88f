import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { TurnwiseError } from '../errors/index.js';
import type { ConfigPath } from '../schema/index.js';
import type { ConfigSource } from './config-source.js';

type Parsed = Pick<ConfigSource, 'value' | 'position'>;

/**
 * Parses YAML 1.2, of which JSON is a part, keeping positions. Duplicate keys are errors; an empty file is an empty
 * configuration. Throws `CONFIG_PARSE` with file:line:column.
 *
 * @param label How messages name the file.
 */
export function parseYaml(text: string, label: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines, prettyErrors: false });
  const position = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { line, column } = position(problem.pos[0]);
    const where = `${label}:${line}:${column}`;
    throw new TurnwiseError('CONFIG_PARSE', `${where}: ${problem.message}`, {
      where,
      hint: 'The file must be valid YAML or JSON: mend it there. All keys: `turnwise config schema`.',
      cause: problem,
    });
  }
  const value = document.contents === null ? {} : valueOf(document, label);
  return {
    value,
    position(path, what) {
      const node = nodeAt(document.contents, path, what);
      return node?.range == null ? null : position(node.range[0]);
    },
  };
}

/** Aliases of aliases of aliases would be a list longer than memory; the parser counts them. */
function valueOf(document: Document, label: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new TurnwiseError('CONFIG_PARSE', `${label}: ${(cause as Error).message}`, {
      where: label,
      hint: 'Write out what its aliases stand for.',
      cause,
    });
  }
}

function nodeAt(root: unknown, path: ConfigPath, what: 'key' | 'value'): Node | null {
  let node: unknown = root;
  let key: unknown = root;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) return null;
      [key, node] = [pair.key, pair.value ?? pair.key];
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      key = node;
    } else {
      return null;
    }
  }
  const found = what === 'key' ? key : node;
  return isNode(found) ? found : null;
}
