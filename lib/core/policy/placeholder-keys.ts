import { createHash } from 'node:crypto';

const count = 16;

function blobOf(number: number): string {
  const field = (bytes: Uint8Array): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const point = createHash('sha256').update(`countersign: nobody's key ${number}`).digest();
  return Buffer.concat([field(Buffer.from('ssh-ed25519')), field(point)]).toString('base64');
}

const blobs: ReadonlySet<string> = new Set(Array.from({ length: count }, (_, index) => blobOf(index + 1)));

/**
 * Whether an OpenSSH public key is one of the seed's placeholders for keys still to be made. Their 32 octets are the
 * SHA-256 of `countersign: nobody's key <n>`, n from 1 to 16, so nobody has the private key of any.
 */
export function isPlaceholderKey(line: string): boolean {
  return blobs.has(line.split(' ', 2)[1] ?? '');
}
