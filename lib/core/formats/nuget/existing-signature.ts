/** Who signed a package that is signed already, for a message: nothing is verified. */
import { oids } from '../../pki/asn1/index.ts';
import { CmsError, commitmentType, parseSignedData } from '../../pki/cms/index.ts';
import { ArchiveError } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import type { ZipEntry } from '../zip/index.ts';
import { contentOf } from './read-package.ts';
import { signatureBytesMax } from './sign.ts';

/** Goes on after "signed already": ` by its author`, ` by a package feed`. */
export async function describeSigner(source: RandomAccessSource, signature: ZipEntry): Promise<string> {
  if (signature.sizeBytes > signatureBytesMax) return ', with a signature that is too large to be read';
  try {
    const { signerInfo } = parseSignedData(Uint8Array.from(await contentOf(source, signature)));
    const countersigned = signerInfo.unsignedAttributes.has(oids.counterSignature);
    return `${signerOf(commitmentType(signerInfo.signedAttributes))}${countersigned ? ' and by a package feed' : ''}`;
  } catch (error) {
    if (!(error instanceof CmsError || error instanceof ArchiveError)) throw error;
    return ', with a signature that can’t be read';
  }
}

/** RFC 5126 §5.11.1, as NuGet uses it: authors prove origin, feeds receipt. */
function signerOf(commitment: string | null): string {
  if (commitment === oids.proofOfOrigin) return ' by its author';
  if (commitment === oids.proofOfReceipt) return ' by a package feed';
  return ', by whom its signature doesn’t say';
}
