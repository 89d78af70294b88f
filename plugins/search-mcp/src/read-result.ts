import { readHits, type SearchHit } from '@turnwise/core';

/** What a call of a tool gives back. Nothing about it is believed before it is looked at. */
export type ToolResult = Readonly<Record<string, unknown>>;

const listNames = ['results', 'result', 'hits', 'documents', 'passages', 'items', 'data'];

/**
 * Reads hits out of a tool's result: the list in its structured content; else the list in its text when that is JSON;
 * else each block of text is a passage. Throws a `TypeError` when a list holds something that is no passage.
 */
export function readResult(result: ToolResult): SearchHit[] {
  const structured = listIn(result['structuredContent']);
  if (structured !== null) return readHits(structured);
  const texts = textsOf(result);
  const [only] = texts;
  if (texts.length === 1 && only !== undefined) {
    const parsed = listIn(parse(only));
    if (parsed !== null) return readHits(parsed);
  }
  return readHits(texts.filter((text) => text.trim() !== '').map(documentOf));
}

/** The texts of a result, one a block. */
export function textsOf(result: ToolResult): string[] {
  const content = result['content'];
  if (!Array.isArray(content)) return [];
  return content.flatMap((block: unknown) => {
    const { type, text } = (block ?? {}) as { type?: unknown; text?: unknown };
    return type === 'text' && typeof text === 'string' ? [text] : [];
  });
}

/** Some servers answer with one document a block, as JSON; others with plain text. */
function documentOf(text: string): unknown {
  const parsed = parse(text);
  const isDocument = typeof parsed === 'object' && parsed !== null && ('text' in parsed || 'contents' in parsed);
  return isDocument ? parsed : { title: '', text };
}

function listIn(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value !== 'object' || value === null) return null;
  for (const name of listNames) {
    const list = (value as Record<string, unknown>)[name];
    if (Array.isArray(list)) return list as unknown[];
  }
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
