/** The daemon's half of Authenticode, whatever it is about. */
import {
  authenticodeSignedAttributes,
  buildAuthenticode,
  contentDigest,
  parseSpcIndirectData,
  verifyPkcs7,
  type Pkcs7Verification,
} from '../../pki/cms/index.ts';
import { oids } from '../../pki/asn1/index.ts';
import { rsaAndEc } from '../../pki/key-kind/index.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';
import type { Signing, Verification } from '../format.ts';
import { roundHash, signatureRounds } from './options.ts';

/** `contentType`: OID of what is signed. */
export function authenticodeAssembly(
  contentType: string,
): Pick<
  Signing<AuthenticodeSign>,
  'id' | 'method' | 'rounds' | 'outputName' | 'hash' | 'keyUse' | 'keyTypes' | 'toBeSigned' | 'assemble'
> {
  return {
    id: 'authenticode',
    method: 'Authenticode',
    rounds: signatureRounds,
    outputName: () => null,
    hash: roundHash,
    keyUse: () => 'certificate',
    keyTypes: () => rsaAndEc,
    toBeSigned: ({ content }, sign) =>
      authenticodeSignedAttributes({
        contentType,
        contentDigest: contentDigest(content, roundHash(sign)),
        hash: roundHash(sign),
        description: sign.description ?? null,
        descriptionUrl: sign.descriptionUrl ?? null,
      }),
    assemble: ({ subject, toBeSigned, signature, signer, timestampToken }, sign) =>
      buildAuthenticode({
        contentType,
        content: subject.content,
        signedAttributes: toBeSigned,
        hash: roundHash(sign),
        signature,
        signerCertificate: signer.certificate,
        chain: signer.chain,
        ...(timestampToken === null ? {} : { timestampToken }),
      }),
  };
}

/**
 * `verify` of the signing of a format whose SpcIndirectDataContent is signed: the signature that was read back states exactly what was
 * computed from the finished file, which is its digest, was made with the key of this certificate, and by the hash that was asked
 * for. `what`: the file, as a sentence calls it.
 */
export function verifyAssembled(what: string): Signing<AuthenticodeSign>['verify'] {
  return ({ signature, subject }, signerCertificate, sign) => {
    const verified = verifyPkcs7({ pkcs7: signature, signerCertificate }, oids.spcIndirectData);
    const { encapContentDer, signerInfo } = verified.signedData;
    const problems = [...verified.problems];
    if (encapContentDer === null || Buffer.compare(encapContentDer, subject.content) !== 0)
      problems.push(`the signature is about another ${what}`);
    const stated = parseSpcIndirectData(subject.content);
    if (Buffer.from(stated.digest).toString('hex') !== subject.digest)
      problems.push(`the signature states another digest than that of the ${what}`);
    if (signerInfo.digestAlgorithm !== oids[roundHash(sign)])
      problems.push(`the signature was made with another hash than ${roundHash(sign)}`);
    return asVerification({ ...verified, problems, ok: verified.ok && problems.length === 0 });
  };
}

/** A signature that doesn't hold has a reason, even where the check named none. */
export function asVerification(
  result: Pick<Pkcs7Verification, 'ok' | 'problems' | 'signature' | 'timestampToken'>,
): Verification {
  const { ok, problems, signature, timestampToken } = result;
  return {
    problems: ok || problems.length > 0 ? problems : ['the signature does not verify'],
    signature,
    timestampToken,
  };
}
