/** Authenticode of cabinets: what is signed, where it goes, and how it is read back. */
import { oids } from '../../pki/asn1/index.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';
import { UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import {
  authenticodeAssembly,
  existingSignature,
  isSignatureAfter,
  roundHash,
  signatureAfter,
  verifyAssembled,
} from '../authenticode/index.ts';
import type { Signing, Subject } from '../format.ts';
import { lentChunks, readExactly, type RandomAccessSource } from '../random-access.ts';
import { readBlocks } from './blocks.ts';
import { CabError, reading, signUnsigned } from './errors.ts';
import { readCabLayout, type CabLayout } from './layout.ts';
import { filesByFolder } from './read-cab.ts';
import { cannotAdd, extractSignature, keptOf, padded } from './signature.ts';
import { cabDigest, signableCab, withSignature, type SignableCab } from './signed-header.ts';
import { cabSpcIndirectData } from './spc-indirect-data.ts';

/** The same whether the cabinet is signed already or not. */
export async function cabSubject(
  source: RandomAccessSource,
  cab: SignableCab,
  sign: AuthenticodeSign,
): Promise<Subject> {
  const hash = roundHash(sign);
  const digest = await cabDigest(source, cab, hash);
  return { digest: Buffer.from(digest).toString('hex'), content: cabSpcIndirectData(digest, hash) };
}

/** All of a cabinet but for what its blocks unpack to: each byte belongs to something, and checksums hold. */
export async function readWholeCab(source: RandomAccessSource): Promise<CabLayout> {
  const layout = await readCabLayout(source, new UnpackBudget(defaultUnpackLimits));
  for (const { folder } of filesByFolder(layout)) {
    for await (const _block of readBlocks(source, folder, layout.header.reserve?.dataBytes ?? 0));
  }
  return layout;
}

interface Signable {
  readonly layout: CabLayout;
  readonly cab: SignableCab;
  readonly existing: Uint8Array | null;
}

async function readSignable(source: RandomAccessSource, sign: AuthenticodeSign): Promise<Signable> {
  const layout = await reading(() => readWholeCab(source));
  if (layout.header.signature !== null && existingSignature(sign) === 'refuse')
    throw new CabError('ALREADY_SIGNED', 'is signed already', signUnsigned);
  const cab = await signableCab(source, layout);
  return { layout, cab, existing: await extractSignature(source, layout.header) };
}

export const cabSigning: Signing<AuthenticodeSign> = {
  ...authenticodeAssembly(oids.spcIndirectData),

  async subject(source, sign) {
    return cabSubject(source, (await readSignable(source, sign)).cab, sign);
  },
  async *embed(source, signature, sign) {
    const { cab, existing } = await readSignable(source, sign);
    const tail = padded(signatureAfter(keptOf(existing, sign), signature, cannotAdd));
    yield withSignature(cab, tail.length);
    yield* lentChunks(source, cab.rest.start, cab.rest.end);
    yield tail;
  },
  async readBack(source, signedSource, signature, sign) {
    const before = await readSignable(source, sign);
    const after = await readSignable(signedSource, { ...sign, existingSignature: 'append' });
    const { existing: found, cab } = after;
    if (found === null || !isSignatureAfter(found, keptOf(before.existing, sign), signature))
      throw differs('the signature read back is not the one embedded, or others changed');
    const header = withSignature(before.cab, padded(found).length);
    if (!header.equals(await readExactly(signedSource, 0, header.length)))
      throw differs('the header of the signed cabinet differs');
    await compareRest(source, before.cab.rest, signedSource, cab.rest);
    return { signature, subject: await cabSubject(signedSource, cab, sign) };
  },

  verify: verifyAssembled('cabinet'),
};

type Range = SignableCab['rest'];

async function compareRest(
  source: RandomAccessSource,
  range: Range,
  signedSource: RandomAccessSource,
  signedRange: Range,
): Promise<void> {
  if (range.end - range.start !== signedRange.end - signedRange.start)
    throw differs('the signed cabinet has another size');
  let at = signedRange.start;
  for await (const chunk of lentChunks(source, range.start, range.end)) {
    if (Buffer.compare(chunk, await readExactly(signedSource, at, chunk.length)) !== 0)
      throw differs(`the signed cabinet differs from byte ${at} on`);
    at += chunk.length;
  }
}

const differs = (message: string): CabError =>
  new CabError(
    'DIFFERS',
    `was not signed as it should be: ${message}`,
    'Report it: this is a fault of the signer.',
  );
