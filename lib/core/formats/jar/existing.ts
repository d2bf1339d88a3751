/** Signatures that stay where another one is added. */
import { showName } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { JarError } from './errors.ts';
import { readManifest } from './manifest.ts';
import { readSmall, type Jar } from './read-jar.ts';
import { fitSignatures, verifyBlock } from './upstream.ts';

/**
 * The manifest of a signed archive, to which nothing may be added. Throws JarError SIGNATURE_INVALID where a signature doesn't hold, or
 * doesn't cover every file: nothing is added next to it, and there would be no digest of that file to sign.
 */
export async function manifestOfSigned(source: RandomAccessSource, jar: Jar): Promise<Uint8Array> {
  const found = await fitSignatures(source, jar);
  if ('rule' in found) throw invalid(found.problem);
  for (const { signature, refused } of found) {
    if (refused !== null) throw invalid(refused.problem);
    const verified = verifyBlock(showName(signature.path), signature);
    if ('rule' in verified) throw invalid(verified.problem);
  }
  if (jar.manifestEntry === null) throw invalid('it has no manifest');
  const manifest = await readSmall(source, jar.manifestEntry);
  const { main, sections } = readManifest(manifest);
  if (!(sections.at(-1) ?? main).terminated) throw invalid('the manifest doesn’t end with a blank line');
  return manifest;
}

function invalid(why: string): JarError {
  return new JarError(
    'SIGNATURE_INVALID',
    `No signature is added to those that the archive carries: ${why}`,
    'Take the archive from whoever signed it again; or write `existingSignature: replace`.',
  );
}
