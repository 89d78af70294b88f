/** Options whose values are what a server is shown or a program is given, keys among them. */
const secretive = new Set(['headers', 'environment']);

/**
 * A value as JSON in which URLs have lost their user and password, and options called `headers` and `environment` their
 * values: for what is passed on.
 */
export function hidePasswords(value: unknown): unknown {
  const hide = (key: string, inner: unknown): unknown => {
    if (typeof inner === 'string') return inner.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@\s]+@/i, '$1***@');
    if (!secretive.has(key) || typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.keys(inner).map((name) => [name, '***']));
  };
  return value === undefined ? null : JSON.parse(JSON.stringify(value, hide));
}
