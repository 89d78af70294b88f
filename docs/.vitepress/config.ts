import { relative } from 'node:path';
import { defineConfig } from 'vitepress';
import { entries, packageEntries, root, siteTarget } from './pages.js';

/** The documentation as a site: `npm run docs:build`. Everything is read where it lies; links are checked by the build. */
export default defineConfig({
  title: 'Turnwise',
  description: 'Reinforcement learning for multi-turn search agents, in TypeScript',
  srcDir: root,
  srcExclude: ['**/node_modules/**', '**/dist/**', '**/runs/**', '.changeset/**', 'test/**', 'etc/**', 'CHANGELOG.md'],
  outDir: `${root}docs/.vitepress/dist`,
  cacheDir: `${root}docs/.vitepress/cache`,
  rewrites: { 'README.md': 'index.md' },
  lastUpdated: false,
  // Addresses of servers on the reader's own machine are no pages.
  ignoreDeadLinks: 'localhostLinks',
  markdown: {
    config(md) {
      // Links are written for the repository; on the site a folder is its README, and a source file only its name.
      md.core.ruler.push('turnwise-links', ({ tokens, env }) => {
        const page = relative(root, (env as { path: string }).path).replace(/^index\.md$/, 'README.md');
        for (const { children } of tokens) {
          let dropped = 0;
          for (const token of children ?? []) {
            if (token.type === 'link_close' && dropped > 0) {
              dropped--;
              token.tag = 'span';
            }
            if (token.type !== 'link_open') continue;
            const target = siteTarget(page, token.attrGet('href') ?? '');
            if (target !== null) token.attrSet('href', target);
            else {
              dropped++;
              token.tag = 'span';
              token.attrs = [];
            }
          }
        }
      });
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/' },
      { text: 'Concepts', link: '/docs/concepts' },
      { text: 'Your first plugin', link: '/docs/guides/first-plugin' },
      { text: 'API', link: '/docs/api/' },
    ],
    sidebar: [
      {
        text: 'Start',
        items: [
          { text: 'Two commands', link: '/' },
          { text: 'Concepts', link: '/docs/concepts' },
          { text: 'Architecture', link: '/docs/architecture' },
        ],
      },
      { text: 'Guides', items: entries('docs/guides') },
      { text: 'Credit assignment', items: entries('docs/credit') },
      { text: 'Reference', items: entries('docs/reference') },
      { text: 'Benchmarks', items: entries('docs/benchmarks') },
      { text: 'Packages', collapsed: true, items: packageEntries('packages') },
      { text: 'Plugins', collapsed: true, items: packageEntries('plugins') },
      { text: 'Decisions', collapsed: true, items: entries('docs/decisions') },
    ],
  },
});
