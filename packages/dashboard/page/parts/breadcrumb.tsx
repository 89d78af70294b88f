import type { ComponentChildren, JSX } from 'preact';
import type { Source } from '../data/source.js';
import { addressOf } from '../router.js';

/** The way back; a report is of one run and has no table of runs above it. */
export function Breadcrumb({ source, children }: { source: Source; children?: ComponentChildren }): JSX.Element {
  return (
    <nav aria-label="Breadcrumb">
      {source.kind === 'live' && (
        <>
          <a href={addressOf({ page: 'runs' })}>Runs</a> /{' '}
        </>
      )}
      {children}
    </nav>
  );
}
