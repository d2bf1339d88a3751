/**
 * Lets only the host that gave a stop lift it everywhere, although other signers see no more than a row: the stop
 * carries the hash of a key, the lift the key.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface HostLock {
  /** Of a stop: 64 hexadecimal digits. */
  keyOf(stopId: string): string;
}

/** Key (hexadecimal) → its lock. */
export const lockOf = (key: string): string =>
  createHash('sha256').update(Buffer.from(key, 'hex')).digest('hex');

/** The host's lock, from a file that only its account can read; created where missing. null: it can't be read or created. */
export async function openHostLock(file: string): Promise<HostLock | null> {
  const secret = (await readSecret(file)) ?? (await makeSecret(file)) ?? (await readSecret(file));
  if (secret === null) return null;
  return { keyOf: (stopId) => createHmac('sha256', secret).update(`emergency-stop:${stopId}`).digest('hex') };
}

async function readSecret(file: string): Promise<Buffer | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^[0-9a-f]{64}\n$/.test(text) ? Buffer.from(text.trim(), 'hex') : null;
}

async function makeSecret(file: string): Promise<Buffer | null> {
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(file, 'wx', 0o600);
    const secret = randomBytes(32);
    try {
      await handle.writeFile(`${secret.toString('hex')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return secret;
  } catch {
    return null;
  }
}
