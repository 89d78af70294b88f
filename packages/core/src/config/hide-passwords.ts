/** A value as JSON in which URLs have lost their user and password: for what is passed on. */
export function hidePasswords(value: unknown): unknown {
  const hide = (_key: string, inner: unknown): unknown =>
    typeof inner === 'string' ? inner.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@\s]+@/i, '$1***@') : inner;
  return value === undefined ? null : JSON.parse(JSON.stringify(value, hide));
}
