/** Other programs on the same files, key, token and timestamp authority. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openClamd } from '../../signer/daemon/scan/clamd.ts';
import type { Case } from './cases.ts';
import type { BenchFoundation } from './foundation.ts';

export interface Peer {
  readonly name: string;
  readonly wallSeconds: number;
}

const run = promisify(execFile);

async function timed(name: string, work: () => Promise<unknown>): Promise<Peer> {
  const start = performance.now();
  await work();
  return { name, wallSeconds: (performance.now() - start) / 1000 };
}

export async function* peers(
  { foundation, folder }: BenchFoundation,
  { policy }: Case,
  files: readonly string[],
): AsyncGenerator<Peer> {
  const { clamd } = foundation.stack;
  yield await timed('sha256sum', () => run('sha256sum', [...files]));
  yield await timed('clamd alone', async () => {
    const scanner = openClamd({ host: clamd.host, port: clamd.port, timeoutSeconds: 600 });
    for (const file of files) await scanner.scanFile(file);
  });
  if (policy !== 'bench-program') return;
  const key = join(folder, 'peer-key.pem');
  const certificate = join(folder, 'peer.pem');
  if (!existsSync(key))
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:3072', '-nodes', '-subj', '/CN=peer', '-days', '2'],
      ...['-addext', 'extendedKeyUsage=codeSigning', '-keyout', key, '-out', certificate],
    ]);
  yield await timed('osslsigncode, key in a file, timestamped', async () => {
    for (const file of files) {
      const out = `${file}.signed`;
      await run('osslsigncode', [
        ...['sign', '-certs', certificate, '-key', key, '-h', 'sha256', '-ts', foundation.tsa.url],
        ...['-in', file, '-out', out],
      ]);
      await rm(out);
    }
  });
}
