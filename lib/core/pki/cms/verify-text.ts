import { oids } from '../asn1/index.ts';
import { CmsError } from './errors.ts';
import type { SignedData } from './parse-signed-data.ts';
import { checkSignatureOver, findCertificate, verifySignerInfo } from './verify-signer-info.ts';

/** Tag of a SET: what signed attributes begin with when they are signed. */
const setTag = 0x31;

/**
 * A detached signature of a text by another program → the certificate whose key made it, DER, or what is wrong with it.
 *
 * Older programs (the JDK's jarsigner before 16) write no signed attributes: their signatures are over the content itself (RFC 5652
 * §5.4). They are accepted for content alone that can't be a SET of attributes, so that none of another signature is taken for a text.
 */
export function verifyText(
  signedData: SignedData,
  content: Uint8Array,
): { readonly certificate: Uint8Array } | { readonly problem: string } {
  const { signerInfo, encapContentForm, encapContentType, certificates } = signedData;
  if (encapContentForm !== 'detached') return { problem: 'it holds content of its own' };
  if (encapContentType !== oids.data) return { problem: 'it is about something else than data' };
  if (signerInfo.signedAttributesDer !== null) {
    const { ok, certificate, problems } = verifySignerInfo({ signedData, content });
    return ok && certificate !== null ? { certificate } : { problem: problems.join('; ') };
  }
  if (content[0] === setTag) return { problem: 'it has no signed attributes' };
  const certificate = findCertificate(signerInfo, certificates);
  if (certificate === null) return { problem: 'the certificate that the signer names is missing' };
  const problems: string[] = [];
  try {
    const valid = checkSignatureOver(content, signerInfo, certificate, problems);
    return valid ? { certificate } : { problem: problems.join('; ') };
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    return { problem: error.message };
  }
}
