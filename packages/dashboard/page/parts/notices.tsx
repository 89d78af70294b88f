import type { JSX } from 'preact';
import { plain } from '../text/plain.js';

/** What stands in the place of something that could not be had. */
export function Failure({ error }: { error: Error }): JSX.Element {
  return (
    <p class="notice" role="alert">
      {plain(error.message)}
    </p>
  );
}

export const Loading = (): JSX.Element => <p class="faint">Loading…</p>;
