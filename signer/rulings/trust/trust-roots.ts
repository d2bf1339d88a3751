/** Sigstore trusted roots: pinned files, or the public good instance's root that a package carries. */
import { readFile } from 'node:fs/promises';
import { publicGoodTrustRoot } from './public-good.ts';

/** `builtin:sigstore-public-good` or a file → the trusted root's JSON text. */
export async function readTrustRootText(source: string): Promise<string> {
  if (source === 'builtin:sigstore-public-good') return publicGoodTrustRoot();
  return readFile(source, 'utf8');
}
