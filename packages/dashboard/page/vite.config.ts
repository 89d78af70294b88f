import { defineConfig } from 'vite';

/** The page as a few files that need nothing else: no request leaves the server it came from. */
export default defineConfig({
  base: './',
  // One entry and one style sheet: a strict content-security policy allows files, and nothing inline.
  build: {
    outDir: '../built',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2022',
    rolldownOptions: {
      output: { entryFileNames: 'page.js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' },
    },
  },
});
