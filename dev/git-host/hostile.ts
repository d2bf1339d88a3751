/** A malicious Git host: static files of a bare repository, and an arbitrary list of refs (dumb HTTP protocol). */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { git } from './repository.ts';

export interface HostileHost {
  readonly url: string;
  close(): Promise<void>;
}

/** `refs`: name to object, shown beside the repository's own, whatever git would make of such names together. */
export async function openHostileHost(
  repository: string,
  refs: Readonly<Record<string, string>>,
): Promise<HostileHost> {
  await git(repository, 'repack', '-a', '-d', '-q');
  await git(repository, 'update-server-info');
  const own = await readFile(join(repository, 'info', 'refs'), 'utf8');
  const lines = [
    ...own.split('\n').filter(Boolean),
    ...Object.entries(refs).map(([name, object]) => `${object}\t${name}`),
  ];
  const server: Server = createServer((request, response) => {
    const place = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    if (place === '/info/refs') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(`${lines.join('\n')}\n`);
      return;
    }
    readFile(join(repository, place)).then(
      (bytes) => response.writeHead(200).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
