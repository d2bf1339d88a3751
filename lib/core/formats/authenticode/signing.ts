/** The daemon's half of Authenticode, whatever it is about. */
import {
  authenticodeSignedAttributes,
  buildAuthenticode,
  contentDigest,
  type Pkcs7Verification,
} from '../../pki/cms/index.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';
import type { Signing, Verification } from '../format.ts';

/** `contentType`: OID of what is signed. */
export function authenticodeAssembly(
  contentType: string,
): Pick<Signing<AuthenticodeSign>, 'hash' | 'toBeSigned' | 'assemble'> {
  return {
    hash: () => 'sha256',
    toBeSigned: ({ content }, sign) =>
      authenticodeSignedAttributes({
        contentType,
        contentDigest: contentDigest(content),
        description: sign.description ?? null,
        descriptionUrl: sign.descriptionUrl ?? null,
      }),
    assemble: ({ subject, toBeSigned, signature, signer, timestampToken }) =>
      buildAuthenticode({
        contentType,
        content: subject.content,
        signedAttributes: toBeSigned,
        signature,
        signerCertificate: signer.certificate,
        chain: signer.chain,
        ...(timestampToken === null ? {} : { timestampToken }),
      }),
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
