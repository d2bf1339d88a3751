/** Authenticode of catalogs: the signed file is the signature, around the original list. */
import { oids } from '../../pki/asn1/index.ts';
import { contentDigest, verifyPkcs7 } from '../../pki/cms/index.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';
import { asVerification, authenticodeAssembly, existingSignature, roundHash } from '../authenticode/index.ts';
import { FormatError, type Signing, type Subject } from '../format.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { CatalogError, makeAgain } from './errors.ts';
import { catalogOids } from './oids.ts';
import { readCatalog, signedSizeMax, unsignedSizeMax, type Catalog } from './read-catalog.ts';

export function catalogSubject({ listDer }: Catalog): Subject {
  return { digest: Buffer.from(contentDigest(listDer)).toString('hex'), content: listDer };
}

/** A signature that is replaced leaves nothing behind: the new one goes around the list alone. */
async function readSignable(source: RandomAccessSource, sign: AuthenticodeSign): Promise<Catalog> {
  const replaced = existingSignature(sign) === 'replace';
  const catalog = await readCatalog(source, replaced ? signedSizeMax : unsignedSizeMax);
  if (catalog.signers > 0 && !replaced)
    throw new CatalogError('MALFORMED', 'the catalog is already signed', makeAgain);
  return catalog;
}

export const catalogSigning: Signing<AuthenticodeSign> = {
  ...authenticodeAssembly(catalogOids.list),

  async subject(source, sign) {
    return catalogSubject(await readSignable(source, sign));
  },
  async *embed(source, signature, sign) {
    await readSignable(source, sign);
    yield await Promise.resolve(signature);
  },
  async readBack(source, signedSource, signature, sign) {
    if (signedSource.size > signedSizeMax) throw differs('the signed catalog is too large');
    const signed = await readExactly(signedSource, 0, signedSource.size);
    if (Buffer.compare(signed, signature) !== 0)
      throw differs('the signature read back is not the one embedded');
    const before = await readSignable(source, sign);
    const after = await readCatalog(signedSource, signedSizeMax);
    if (Buffer.compare(before.listDer, after.listDer) !== 0)
      throw differs('the signed catalog contains another list');
    return { signature: signed, subject: catalogSubject(after) };
  },

  verify({ signature, subject }, signerCertificate, sign) {
    const verified = verifyPkcs7({ pkcs7: signature, signerCertificate }, catalogOids.list);
    const content = verified.signedData.encapContentDer;
    const problems = [...verified.problems];
    if (content === null || Buffer.compare(content, subject.content) !== 0)
      problems.push('the signature is about another list');
    else if (Buffer.from(contentDigest(content)).toString('hex') !== subject.digest)
      problems.push('the list has another digest');
    if (verified.signedData.signerInfo.digestAlgorithm !== oids[roundHash(sign)])
      problems.push(`the signature was made with another hash than ${roundHash(sign)}`);
    return asVerification({ ...verified, problems, ok: verified.ok && problems.length === 0 });
  },
};

function differs(message: string): FormatError {
  return new FormatError('DIFFERS', message, makeAgain);
}
