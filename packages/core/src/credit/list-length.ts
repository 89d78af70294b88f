/** The length of what ought to be a list and comes from a plugin; `null` when it is none. */
export function listLength(value: unknown): number | null {
  return Array.isArray(value) ? value.length : null;
}
