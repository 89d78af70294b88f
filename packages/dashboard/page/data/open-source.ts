import type { ReportData } from '@turnwise/server';
import { embeddedSource } from './embedded-source.js';
import { httpSource } from './http-source.js';
import type { Source } from './source.js';

/** A report carries its data in a block that no browser runs; the live page has none. */
export function openSource(): Source {
  const block = document.getElementById('turnwise-report');
  return block === null ? httpSource : embeddedSource(JSON.parse(block.textContent) as ReportData);
}
