/** A program's signatures, held to the program: `verify: authenticode`. */
import { oids } from '../../pki/asn1/index.ts';
import { parseSpcIndirectData } from '../../pki/cms/index.ts';
import type { Finding } from '../../wire/finding/index.ts';
import { verifyUpstream } from '../authenticode/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';
import { digestsOf } from './digest.ts';
import { extractPeSignatures } from './extract.ts';
import type { PeLayout } from './layout.ts';

/** Throws PeError where the certificate table holds no DER. */
export async function verifyPeUpstream(
  source: RandomAccessSource,
  layout: PeLayout,
  trust: UpstreamTrust | null,
  about: Pick<Finding, 'path' | 'sha256' | 'policy'>,
): Promise<readonly Finding[]> {
  const digestOf = digestsOf(source, layout);
  return verifyUpstream({
    type: 'pe',
    what: 'program',
    signatures: await extractPeSignatures(source, layout),
    contentType: oids.spcIndirectData,
    mismatch: async (content) => {
      const { type, algorithm, digest } = parseSpcIndirectData(content);
      if (type !== oids.spcPeImageData) return 'it is about another kind of file';
      const own = await digestOf(algorithm);
      if (Buffer.compare(own, digest) === 0) return null;
      return `it states the digest ${hex(digest)}, and the program has ${hex(own)}`;
    },
    trust,
    about,
  });
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
