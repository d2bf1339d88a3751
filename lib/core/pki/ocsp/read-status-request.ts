import {
  asExplicit,
  asSequence,
  asSmallInteger,
  Asn1Error,
  isContext,
  isUniversal,
  readDer,
  universalTag,
} from '../asn1/index.ts';
import { readCertificateId, type CertificateId } from './certificate-id.ts';
import { OcspError } from './error.ts';

/** A request for one certificate has about 80 octets; a signed one includes certificates. */
export const statusRequestBytesMax = 16 * 1024;
const certificatesMax = 32;

/**
 * DER OCSPRequest → the certificates whose status is requested, 1 to 32 (RFC 6960 §4.1). Signature, requestor and extensions
 * are bounded and ignored: answers are produced in advance, the same for everybody, and carry no nonce.
 * Throws OcspError MALFORMED.
 */
export function readStatusRequest(der: Uint8Array): readonly CertificateId[] {
  try {
    const limits = { sizeMax: statusRequestBytesMax, depthMax: 16, elementsMax: 2000 };
    const [tbsRequest] = asSequence(readDer(der, limits));
    if (tbsRequest === undefined) throw new OcspError('MALFORMED', 'an empty request');
    const members = asSequence(tbsRequest);
    const version = members.find((member) => isContext(member, 0));
    if (version !== undefined && asSmallInteger(asExplicit(version, 0)) !== 0)
      throw new OcspError('MALFORMED', 'version 1 expected');
    const list = members.find((member) => isUniversal(member, universalTag.sequence));
    const requests = list === undefined ? [] : asSequence(list);
    if (requests.length === 0 || requests.length > certificatesMax)
      throw new OcspError('MALFORMED', `${requests.length} certificates: 1 to ${certificatesMax}`);
    return requests.map((request) => {
      const [id] = asSequence(request);
      if (id === undefined) throw new OcspError('MALFORMED', 'an empty request');
      return readCertificateId(id);
    });
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    throw new OcspError('MALFORMED', `not a status request: ${cause.message}`, { cause });
  }
}
