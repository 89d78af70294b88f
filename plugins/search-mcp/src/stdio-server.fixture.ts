import type { SearchTool } from '@turnwise/core';
import { serveSearchOverStdio } from './search-server.js';

/** A program for tests: offers a search tool that knows one city, is slow on request, and can be made to crash. */
const tool: SearchTool = {
  async search([query = ''], { topK }) {
    if (query === 'crash') process.exit(3);
    if (query === 'slow') await new Promise((resolve) => setTimeout(resolve, 5_000));
    if (query === 'broken') return [{ status: 'error', hits: [], message: 'secret' }];
    if (!query.includes('paris')) return [{ status: 'empty', hits: [] }];
    const hits = Array.from({ length: topK }, (_, rank) => ({
      id: `p${rank}`,
      title: 'Paris',
      text: 'A <city>.',
      score: 2 - rank,
    }));
    return [{ status: 'ok', hits }];
  },
};

await serveSearchOverStdio(tool);
