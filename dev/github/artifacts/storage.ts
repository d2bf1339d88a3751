/** Where GitHub keeps the bytes: another server, which knows no tokens. Who has an address of its making may read, for a minute. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HostArtifact } from './artifacts.ts';

export interface Tickets {
  /** → address of the artifact's bytes. */
  make(artifact: HostArtifact): string;
}

export interface StorageRequest {
  /** Nobody may send one here. */
  readonly authorization: string | null;
}

/** cut: the connection ends in the middle. silent: half comes, and then nothing. */
export type StorageMishap =
  | { readonly kind: 'cut' | 'silent' }
  | { readonly kind: 'status'; readonly status: number; readonly location?: string }
  | { readonly kind: 'bytes'; readonly bytes: Buffer };

export interface Storage extends Tickets {
  readonly requests: readonly StorageRequest[];
  /** Of the next so many downloads. */
  spoil(mishap: StorageMishap, times?: number): void;
  /** Where the host leads to in place of this server. */
  leadTo(address: string | null): void;
  stop(): Promise<void>;
}

const lifetimeMilliseconds = 60_000;

export async function startStorage(): Promise<Storage> {
  const tickets = new Map<string, { readonly artifact: HostArtifact; readonly until: number }>();
  const requests: StorageRequest[] = [];
  const mishaps: StorageMishap[] = [];
  let elsewhere: string | null = null;
  const server = createServer((request, response) => {
    requests.push({ authorization: request.headers.authorization ?? null });
    const ticket = tickets.get(new URL(request.url ?? '/', 'http://x').searchParams.get('sig') ?? '');
    if (ticket === undefined || ticket.until < Date.now()) response.writeHead(403).end();
    else serve(ticket.artifact, mishaps.shift() ?? null, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    requests,
    make(artifact) {
      const ticket = randomBytes(12).toString('hex');
      tickets.set(ticket, { artifact, until: Date.now() + lifetimeMilliseconds });
      return elsewhere ?? `${base}/artifacts/${artifact.id}?sig=${ticket}`;
    },
    spoil: (mishap, times = 1) => mishaps.push(...Array.from({ length: times }, () => mishap)),
    leadTo: (address) => {
      elsewhere = address;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function serve(
  { name, bytes, archived }: HostArtifact,
  mishap: StorageMishap | null,
  _request: IncomingMessage,
  response: ServerResponse,
): void {
  if (mishap?.kind === 'status') {
    response
      .writeHead(mishap.status, mishap.location === undefined ? {} : { location: mishap.location })
      .end();
    return;
  }
  const sent = mishap?.kind === 'bytes' ? mishap.bytes : bytes;
  const file = archived ? `${name}.zip` : name;
  response.writeHead(200, {
    'content-type': file.endsWith('.zip') ? 'application/zip' : 'application/octet-stream',
    'content-disposition': `attachment; filename="${file}"; filename*=UTF-8''${encodeURIComponent(file)}`,
    'content-length': sent.length,
  });
  if (mishap === null || mishap.kind === 'bytes') response.end(sent);
  else
    response.write(sent.subarray(0, sent.length >> 1), () => {
      if (mishap.kind === 'cut') response.destroy();
    });
}
