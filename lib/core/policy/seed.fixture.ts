/** For tests: the seed of the policy repository, with keys for its people as the demo would make them. */
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommitSha } from '../ids/index.ts';
import { withApprovalKeys } from './index.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'policies');

export const seedCommit = parseCommitSha('5e'.repeat(20));

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
export const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

export function newSshKey(): string {
  const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  return `ssh-ed25519 ${sshBlob('ssh-ed25519', Buffer.from(x ?? '', 'base64url'))} test`;
}

export function sshBlob(type: string, ...fields: readonly Uint8Array[]): string {
  const parts = [Buffer.from(type), ...fields].flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return Buffer.concat(parts).toString('base64');
}

function seed(): Map<string, Uint8Array> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return new Map(
    names.map((name) => {
      const path = join(name.parentPath, name.name);
      return [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path)];
    }),
  );
}

function withKeys(keys: () => readonly string[]): Map<string, Uint8Array> {
  const files = seed();
  for (const [path, bytes] of files) {
    if (path.startsWith('people/')) files.set(path, withApprovalKeys(bytes, keys()));
  }
  return files;
}

/** As it is shipped: people have keys whose private halves nobody holds. */
export const seedAsShipped = (): Map<string, Uint8Array> => seed();

/** As shipped, people have keys whose private halves nobody holds, so that the folder validates. Here they have none. */
export const seedWithoutKeys = (): Map<string, Uint8Array> => withKeys(() => []);

export const seedWithKeys = (): Map<string, Uint8Array> => withKeys(() => [newSshKey()]);
