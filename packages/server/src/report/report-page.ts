import { createHash } from 'node:crypto';
import { TurnwiseError } from '@turnwise/core';
import type { PageFile } from '../dashboard/page-files.js';
import type { ReportData } from './report-data.js';

/**
 * The dashboard's page and the data of one run as one file. Its policy allows this script and this style, by their
 * digests, and nothing else: no request, no other script. The data is JSON in a block that browsers do not run; no text in
 * it can end the block, since every `<` is written as an escape.
 *
 * @param page files of the built page, by address
 * @throws RUN_NOT_FOUND when a file of the page is missing or it is not one script and one style sheet
 */
export function reportPage(page: ReadonlyMap<string, PageFile>, data: ReportData): string {
  const index = textOf(page, '/');
  const script = only(index, /<script type="module"[^>]* src="\.([^"]+)"><\/script>/g, 'script');
  const style = only(index, /<link rel="stylesheet"[^>]* href="\.([^"]+)">/g, 'style sheet');
  const code = inlined(textOf(page, script.address), 'script');
  const sheet = inlined(textOf(page, style.address), 'style');
  const policy = [
    "default-src 'none'",
    `script-src '${digest(code)}'`,
    `style-src '${digest(sheet)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const block = `<script type="application/json" id="turnwise-report">${jsonBlock(data)}</script>\n`;
  // Functions, because what is put in may hold what `replace` takes for a pattern.
  return index
    .replace(script.tag, () => `<script type="module">${code}</script>`)
    .replace(style.tag, () => `<style>${sheet}</style>`)
    .replace(
      /<meta charset="utf-8" \/>/,
      (tag) => `${tag}\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    )
    .replace(/<\/body>(?![\s\S]*<\/body>)/, (tag) => `${block}${tag}`);
}

/** JSON that may stand in a `<script>` block and in any JavaScript: nothing in it ends a block, a comment or a line. */
export function jsonBlock(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function textOf(page: ReadonlyMap<string, PageFile>, address: string): string {
  const file = page.get(address);
  if (file === undefined) throw unusable(`has no ${address}`);
  return Buffer.from(file.content).toString('utf8');
}

function only(index: string, pattern: RegExp, what: string): { readonly tag: string; readonly address: string } {
  const [first, ...others] = [...index.matchAll(pattern)];
  if (first === undefined || others.length > 0) throw unusable(`has not exactly one ${what}`);
  return { tag: first[0], address: first[1] ?? '' };
}

/** What would end its own element, or be read by a browser otherwise than it is written, cannot be put into the page. */
function inlined(text: string, element: 'script' | 'style'): string {
  if (new RegExp(`</${element}|<!--|[\\r\\0]`, 'i').test(text)) throw unusable(`has a ${element} that ends itself`);
  return text;
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function unusable(problem: string): TurnwiseError {
  return new TurnwiseError('RUN_NOT_FOUND', `The dashboard's page cannot be put into a report: it ${problem}.`, {
    where: 'report.html',
    hint: 'npm run build',
  });
}
