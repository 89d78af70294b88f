import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout: the site is made of the repository's own pages, where they lie. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Pages of a folder in the order of their names, as entries of the side bar. */
export function entries(folder: string): { text: string; link: string }[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md') && name !== 'index.md')
    .map((name) => ({ text: title(name.slice(0, -'.md'.length)), link: `/${folder}/${name.slice(0, -'.md'.length)}` }));
}

/** The README of every package in a folder. */
export function packageEntries(folder: string): { text: string; link: string }[] {
  return readdirSync(join(root, folder))
    .filter((name) => existsSync(join(root, folder, name, 'README.md')))
    .map((name) => ({ text: name, link: `/${folder}/${name}/README` }));
}

function title(name: string): string {
  const words = name.replaceAll('-', ' ').replace(/^\d+ /, '');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * Where a link of a page leads on the site: a page as it is, a folder to its README, the first page to the start. `null`
 * for what is in the repository but not on the site, such as source files.
 */
export function siteTarget(page: string, href: string): string | null {
  if (/^[a-z]+:|^#|^\//.test(href)) return href;
  const [path = '', anchor] = href.split('#');
  const place = posix.normalize(posix.join(dirname(page), path));
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (place === 'README.md' || place === '.') return `/${hash}`;
  if (place.endsWith('.md')) return `/${place}${hash}`;
  const file = join(root, place);
  if (existsSync(file) && statSync(file).isDirectory() && existsSync(join(file, 'README.md'))) {
    return `/${place.replace(/\/$/, '')}/README.md${hash}`;
  }
  return null;
}
