/** An installer's signatures, held to the installer: `verify: authenticode`. */
import { oids } from '../../pki/asn1/index.ts';
import { parseSpcIndirectData } from '../../pki/cms/index.ts';
import type { Finding } from '../../wire/finding/index.ts';
import { verifyUpstream } from '../authenticode/index.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';
import { signedDigest } from './digest.ts';
import { isMetadataDigest, streamOf } from './existing-signature.ts';
import { extendedSignatureStream, signatureStream, type MsiPackage } from './package.ts';

/** What is asked of an installer besides its structure. */
export interface MsiVerification {
  readonly trust: UpstreamTrust | null;
  readonly about: Pick<Finding, 'path' | 'sha256' | 'policy'>;
}

/** Throws MsiError where the streams of the signature are none. */
export async function verifyMsiUpstream(
  found: MsiPackage,
  { trust, about }: MsiVerification,
): Promise<readonly Finding[]> {
  const signature = await streamOf(found, signatureStream);
  const extended = await streamOf(found, extendedSignatureStream);
  return verifyUpstream({
    type: 'msi',
    what: 'installer',
    signatures: signature === null ? [] : [signature],
    contentType: oids.spcIndirectData,
    mismatch: async (content) => {
      const { type, algorithm, digest } = parseSpcIndirectData(content);
      if (type !== oids.spcSipInfo) return 'it is about another kind of file';
      // Windows takes its bytes as they are; names and sizes are covered by nothing else. Nor does it ask for it: whoever takes the
      // stream away and puts its bytes in front of the content may rename and divide the others, and the signature still fits.
      if (extended === null)
        return 'it covers no names and sizes, since MsiDigitalSignatureEx is missing: what installers signed like that are, only `upstream.sha256` can say';
      if (!isMetadataDigest(found, extended))
        return 'MsiDigitalSignatureEx is not the digest of the names and sizes';
      const own = await signedDigest(found.file, extended, algorithm);
      if (Buffer.compare(own, digest) === 0) return null;
      return `it states the digest ${hex(digest)}, and the installer has ${hex(own)}`;
    },
    trust,
    about,
  });
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
