/** Authenticode of Windows programs: what is signed, where it goes, and how it is read back. */
import { oids } from '../../pki/asn1/index.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';
import {
  authenticodeAssembly,
  existingSignature,
  roundHash,
  verifyAssembled,
} from '../authenticode/index.ts';
import { FormatError, type Signing, type Subject } from '../format.ts';
import { PeError, rebuild, signUnsigned } from './errors.ts';
import { compareSignedPe } from './compare.ts';
import { checksumWith, peDigest, peSums } from './digest.ts';
import { embedPeSignatures } from './embed.ts';
import { signaturesAfter, signaturesBefore } from './existing-signatures.ts';
import { extractPeSignatures } from './extract.ts';
import { parsePe, type PeLayout } from './layout.ts';
import { peSpcIndirectData } from './spc-indirect-data.ts';
import type { RandomAccessSource } from '../random-access.ts';

/** The same whether the program is signed already or not: no signature covers another. */
export async function peSubject(
  source: RandomAccessSource,
  layout: PeLayout,
  sign: AuthenticodeSign,
): Promise<Subject> {
  const hash = roundHash(sign);
  const digest = await peDigest(source, layout, hash);
  return { digest: Buffer.from(digest).toString('hex'), content: peSpcIndirectData(digest, hash) };
}

async function parseSignable(source: RandomAccessSource, sign: AuthenticodeSign): Promise<PeLayout> {
  const layout = await parsePe(source);
  const { certificateTable } = layout;
  if (certificateTable !== null && existingSignature(sign) === 'refuse')
    throw new PeError(
      'ALREADY_SIGNED',
      certificateTable.offset,
      'the program is signed already',
      signUnsigned,
    );
  return layout;
}

export const peSigning: Signing<AuthenticodeSign> = {
  ...authenticodeAssembly(oids.spcIndirectData),

  async subject(source, sign) {
    return peSubject(source, await parseSignable(source, sign), sign);
  },
  async *embed(source, signature, sign) {
    const layout = await parseSignable(source, sign);
    const existing = await extractPeSignatures(source, layout);
    const signatures = signaturesAfter(existing, signature, layout, sign);
    yield* embedPeSignatures(source, layout, signatures, roundHash(sign));
  },
  async readBack(source, signedSource, signature, sign) {
    const [layout, signedLayout] = [await parseSignable(source, sign), await parsePe(signedSource)];
    const comparison = await compareSignedPe(
      { source, layout },
      { source: signedSource, layout: signedLayout },
    );
    if (!comparison.equal) throw differs(`the signed program differs: ${comparison.message}`);
    // The same bytes have the same sums, which are known of the program before.
    const sums = await peSums(source, layout, roundHash(sign));
    if ((await checksumWith(sums, signedSource, signedLayout)) !== signedLayout.checksumStated)
      throw differs('the signed program states another checksum than it has');
    const signed = await extractPeSignatures(signedSource, signedLayout);
    const existing = await extractPeSignatures(source, layout);
    const kept = existingSignature(sign) === 'append' ? existing : [];
    const others = signaturesBefore(signed, signature, layout, kept.length > 0);
    if (others === null) throw differs('the signature read back is not the one embedded');
    const same = others.length === kept.length && others.every((one, index) => equal(one, kept[index]));
    if (!same) throw differs('the signatures that the program carried before are not all there, or changed');
    return { signature, subject: await peSubject(source, layout, sign) };
  },

  verify: verifyAssembled('program'),
};

const equal = (one: Uint8Array, other: Uint8Array | undefined): boolean =>
  other !== undefined && Buffer.compare(one, other) === 0;

function differs(message: string): FormatError {
  return new FormatError('DIFFERS', message, rebuild);
}
