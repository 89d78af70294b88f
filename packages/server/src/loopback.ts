/** Whether a host name or address means this machine alone. */
export function isLoopback(host: string): boolean {
  const bare = host.toLowerCase().replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || /^127(?:\.\d{1,3}){3}$/.test(bare) || bare.startsWith('::ffff:127.');
}

/** The host of a `Host` header, without its port; empty when there is none. */
export function hostOf(header: string | undefined): string {
  if (header === undefined) return '';
  return /^(\[[^\]]*\]|[^:]*)/.exec(header.trim())?.[1] ?? '';
}
