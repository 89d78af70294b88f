import { expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pages, pageText, root } from './pages.js';

const withoutCode = (text: string): string => text.replace(/^\s*```[\s\S]*?^\s*```/gm, '').replace(/`[^`\n]*`/g, '');

/** A heading's anchor as repositories and the documentation's generator make it. */
function anchorsOf(page: string): Set<string> {
  const headings = [...pageText(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
  const explicit = [...pageText(page).matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id);
  return new Set([...headings, ...explicit]);
}

it('every relative link of every page leads somewhere, to a heading that is there', () => {
  const broken: string[] = [];
  let followed = 0;
  for (const page of pages()) {
    for (const [, target = ''] of withoutCode(pageText(page)).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      followed++;
      const [path = '', anchor] = target.split('#');
      const place = path === '' ? page : relative(root, join(root, dirname(page), path));
      if (!existsSync(join(root, place))) broken.push(`${page}: ${target} (no such file)`);
      else if (anchor !== undefined && place.endsWith('.md') && !anchorsOf(place).has(anchor)) {
        broken.push(`${page}: ${target} (no such heading)`);
      }
    }
  }
  expect(broken).toEqual([]);
  expect(followed).toBeGreaterThan(50);
});
