import { describe, expect, it } from '@jest/globals';
import { errorCodes, optionRows } from '@turnwise/core';
import { builtinPlugins } from 'turnwise';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationSections } from '../../scripts/docs/configuration-page.js';
import { codeUses } from '../../scripts/docs/error-sources.js';
import { errorFamilies } from '../../scripts/docs/errors-page.js';
import { definitionOf } from '../../scripts/docs/options-page.js';
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

describe('options', () => {
  const plugins = Object.entries(builtinPlugins.plugins).flatMap(([kind, table]) =>
    Object.entries(table).map(([id, plugin]) => [`${kind} ${id}`, plugin] as const),
  );

  it.each(plugins)('%s says what each option means', async (_, plugin) => {
    const rows = optionRows(await definitionOf(plugin));
    expect(rows?.filter(({ meaning }) => meaning === '').map(({ name }) => name)).toEqual([]);
  });

  it('every built-in plugin has one heading in the page', () => {
    const headings = [...read('docs/reference/options.md').matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(plugins.map(([name]) => name));
  });
});

describe('configuration', () => {
  it('every key says what it means', () => {
    const sections = configurationSections();
    const rows = sections.flatMap(({ rows }) => rows);
    expect(sections.filter(({ meaning }) => meaning === '').map(({ key }) => key)).toEqual([]);
    expect(rows.filter(({ meaning }) => /^$|: $/.test(meaning)).map(({ name }) => name)).toEqual([]);
    expect(rows.length).toBeGreaterThan(100);
  });
});

it('every built-in advantage and reward has a row in the tables of strategies', () => {
  const page = read('docs/credit/strategies.md');
  const rowsUnder = (heading: string): Set<string> => {
    const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
    return new Set([...section.matchAll(/^\| `([a-z0-9-]+)`/gm)].map(([, id = '']) => id));
  };
  const idsOf = (kind: 'advantage' | 'reward'): string[] => Object.keys(builtinPlugins.plugins[kind] ?? {});
  expect(idsOf('advantage').filter((id) => !rowsUnder('Advantages').has(id))).toEqual([]);
  expect(idsOf('reward').filter((id) => !rowsUnder('Rewards').has(id))).toEqual([]);
});
