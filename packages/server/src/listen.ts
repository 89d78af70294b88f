import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TurnwiseError } from '@turnwise/core';

/** Resolves when the server listens. Throws `CONFIG_USAGE` when the address cannot be had. */
export function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  who: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `${who} cannot listen on ${host} port ${port}: ${cause.message}.`;
      reject(new TurnwiseError('CONFIG_USAGE', message, { hint: 'Choose another port; 0 takes a free one.', cause }));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

export function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
