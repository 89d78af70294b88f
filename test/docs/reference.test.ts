import { describe, expect, it } from '@jest/globals';
import { errorCodes } from '@turnwise/core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeUses } from '../../scripts/docs/error-sources.js';
import { errorFamilies } from '../../scripts/docs/errors-page.js';
import { referencePages } from '../../scripts/docs/reference-pages.js';
import { root } from '../../scripts/packages/workspaces.js';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('generated pages', () => {
  it('are what `npm run docs:reference` would write today', async () => {
    const generated = await referencePages();
    const stale = Object.entries(generated).filter(([file, text]) => read(file) !== text);
    expect(stale.map(([file]) => `${file} is stale: npm run docs:reference`)).toEqual([]);
  });
});

describe('error codes', () => {
  const known = Object.keys(errorCodes).sort();
  const uses = codeUses(errorFamilies());

  it('each has one heading in the page, and no heading is of another', () => {
    const headings = [...read('docs/reference/errors.md').matchAll(/^### (.+)$/gm)].map(([, code]) => code);
    expect(headings.sort()).toEqual(known);
  });

  it('each is given to an error somewhere in the sources', () => {
    const given = new Set(uses.filter(({ compared }) => !compared).map(({ code }) => code));
    expect(known.filter((code) => !given.has(code))).toEqual([]);
  });

  it('the sources name no other', () => {
    expect(uses.length).toBeGreaterThan(known.length);
    expect(uses.filter(({ code }) => !known.includes(code)).map(({ code, place }) => `${place}: ${code}`)).toEqual([]);
  });
});
