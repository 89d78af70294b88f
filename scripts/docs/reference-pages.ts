import { errorsPage } from './errors-page.js';

/** The generated pages, by their place in the checkout. */
export function referencePages(): Promise<Record<string, string>> {
  return Promise.resolve({ 'docs/reference/errors.md': errorsPage() });
}
