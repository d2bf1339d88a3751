/** The one secret of a portal that everything else is derived from. */
import { hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

const secretBytesMin = 32;

export function readSecret(file: string): string {
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < secretBytesMin) {
    throw new Error(
      `${file}: the session secret has ${secret.length} characters; at least ${secretBytesMin} are needed`,
    );
  }
  return secret;
}

/** Derives a key of 32 bytes for one purpose from the session secret (HKDF, RFC 5869): what it signs can't serve as a session. */
export const keyFor = (file: string, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', readSecret(file), '', `countersign ${purpose}`, 32));
