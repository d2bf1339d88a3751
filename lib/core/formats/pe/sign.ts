/** Authenticode of Windows programs: what is signed, where it goes, and how it is read back. */
import { oids } from '../../pki/asn1/index.ts';
import { verifyAuthenticode } from '../../pki/cms/index.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';
import { asVerification, authenticodeAssembly } from '../authenticode/index.ts';
import { FormatError, type Signing, type Subject } from '../format.ts';
import { signUnsigned } from './errors.ts';
import { compareSignedPe } from './compare.ts';
import { peDigest } from './digest.ts';
import { embedPeSignature } from './embed.ts';
import { extractPeSignatures } from './extract.ts';
import { parsePe, type PeLayout } from './layout.ts';
import { peSpcIndirectData } from './spc-indirect-data.ts';
import type { RandomAccessSource } from '../random-access.ts';

export async function peSubject(source: RandomAccessSource, layout: PeLayout): Promise<Subject> {
  const digest = await peDigest(source, layout, 'sha256');
  return { digest: Buffer.from(digest).toString('hex'), content: peSpcIndirectData(digest) };
}

export const peSigning: Signing<AuthenticodeSign> = {
  id: 'authenticode',
  method: 'Authenticode, SHA-256',
  rounds: (sign) => [sign],

  async subject(source) {
    return peSubject(source, await parsePe(source));
  },
  async *embed(source, signature) {
    yield* embedPeSignature(source, await parsePe(source), signature);
  },
  async readBack(source, signedSource, signature) {
    const [layout, signedLayout] = [await parsePe(source), await parsePe(signedSource)];
    const comparison = await compareSignedPe(
      { source, layout },
      { source: signedSource, layout: signedLayout },
    );
    if (!comparison.equal) throw differs(`the signed program differs: ${comparison.message}`);
    const [extracted, ...others] = await extractPeSignatures(signedSource, signedLayout);
    if (extracted === undefined || others.length > 0 || Buffer.compare(signature, extracted) !== 0)
      throw differs('the signature read back is not the one embedded');
    return { signature: extracted, subject: await peSubject(signedSource, signedLayout) };
  },

  ...authenticodeAssembly(oids.spcIndirectData),
  verify: ({ signature, subject }, signerCertificate) =>
    asVerification(
      verifyAuthenticode({
        pkcs7: signature,
        peDigest: Buffer.from(subject.digest, 'hex'),
        signerCertificate,
      }),
    ),
};

function differs(message: string): FormatError {
  return new FormatError('DIFFERS', message, signUnsigned);
}
