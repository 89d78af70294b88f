import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const elsewhere = new Set(['node_modules', 'dist', 'runs', '.git', '.changeset', '.vitepress', 'api', 'fixtures']);

/** Every Markdown page of the checkout, from its root. */
export function pages(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return elsewhere.has(entry.name) ? [] : pages(path);
      return entry.name.endsWith('.md') ? [relative(root, path)] : [];
    })
    .sort();
}

export const pageText = (page: string): string => readFileSync(join(root, page), 'utf8');

/** A fenced block of code of a page. */
export interface CodeBlock {
  readonly page: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** The word after the fence; empty when there is none. */
  readonly language: string;
  readonly code: string;
}

function codeBlocks(page: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { line: number; language: string; code: string[] } | null = null;
  pageText(page)
    .split('\n')
    .forEach((text, index) => {
      const fence = /^\s*```(\w*)/.exec(text);
      if (fence === null) open?.code.push(text);
      else if (open === null) open = { line: index + 1, language: fence[1] ?? '', code: [] };
      else {
        blocks.push({ page, line: open.line, language: open.language, code: open.code.join('\n') });
        open = null;
      }
    });
  return blocks;
}

export const allBlocks = (): CodeBlock[] => pages().flatMap(codeBlocks);
