import { configurationPage } from './configuration-page.js';
import { errorsPage } from './errors-page.js';
import { optionsPage } from './options-page.js';

/** The generated pages, by their place in the checkout. */
export async function referencePages(): Promise<Record<string, string>> {
  return {
    'docs/reference/configuration.md': withoutTags(configurationPage()),
    'docs/reference/errors.md': errorsPage(),
    'docs/reference/options.md': withoutTags(await optionsPage()),
  };
}

/** Descriptions are plain text: what stands in angle brackets outside of code is no HTML. */
const withoutTags = (page: string): string =>
  page.replace(/`[^`\n]*`|<(?=[a-z/])/g, (found) => (found === '<' ? '&lt;' : found));
