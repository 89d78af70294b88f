import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PackedPackage } from '../../scripts/packages/pack-all.js';

/** A package registry on this machine. */
export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves packed packages as the npm registry would, and sends whoever asks for any other package on to the registry that
 * npm is configured with. So `npm install` and `npm create` run as the documentation writes them, from tarballs alone.
 */
export async function startRegistry(packages: readonly PackedPackage[]): Promise<Registry> {
  const elsewhere = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim().replace(/\/$/, '');
  const tarballs = new Map(packages.map((packed) => [packed.name, readFileSync(packed.file)]));
  const documents = new Map<string, string>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/').slice(1);
    const [name = '', file] = path.split('/-/');
    const tarball = tarballs.get(name);
    if (tarball === undefined) {
      response.writeHead(307, { location: `${elsewhere}${request.url ?? '/'}` }).end();
    } else if (file !== undefined) {
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(tarball);
    } else {
      response.writeHead(200, { 'content-type': 'application/json' }).end(documents.get(name));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const packed of packages) documents.set(packed.name, packument(packed, tarballs.get(packed.name), url));
  return { url, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** What a registry says of a package: its versions, each with its manifest and where the tarball is. */
function packument({ name, version, file }: PackedPackage, tarball: Buffer | undefined, url: string): string {
  const manifest = JSON.parse(
    execFileSync('tar', ['-xzOf', file, 'package/package.json'], { encoding: 'utf8' }),
  ) as object;
  const integrity = `sha512-${createHash('sha512')
    .update(tarball ?? '')
    .digest('base64')}`;
  const dist = { tarball: `${url}/${name}/-/${name.replace(/^@.*\//, '')}-${version}.tgz`, integrity };
  return JSON.stringify({
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist } },
  });
}
