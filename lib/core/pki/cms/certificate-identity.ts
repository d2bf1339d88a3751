import {
  asInteger,
  asOctetString,
  asOid,
  asSequence,
  Fields,
  isContext,
  oids,
  readDer,
  type DerNode,
} from '../asn1/index.ts';
import { reading } from './errors.ts';

/** How a SignerInfo identifies a certificate. */
export interface CertificateIdentity {
  readonly serialNumber: bigint;
  /** The serial number's whole TLV, for copying. */
  readonly serialNumberDer: Uint8Array;
  /** DER Name. */
  readonly issuer: Uint8Array;
  readonly subjectKeyIdentifier: Uint8Array | null;
}

/** DER Certificate → its identity, RFC 5280 §4.1. Signature and validity are not checked here. */
export function certificateIdentity(certificate: Uint8Array): CertificateIdentity {
  return reading('certificate', () => {
    const [tbsCertificate] = asSequence(readDer(certificate));
    const fields = new Fields(tbsCertificate ?? readDer(certificate), 'TBSCertificate');
    fields.optional((node) => isContext(node, 0));
    const serial = fields.next('serialNumber');
    fields.next('signature');
    const issuer = fields.next('issuer');
    for (const field of ['validity', 'subject', 'subjectPublicKeyInfo']) fields.next(field);
    fields.optional((node) => isContext(node, 1));
    fields.optional((node) => isContext(node, 2));
    const extensions = fields.optional((node) => isContext(node, 3));
    fields.end();
    return {
      serialNumber: asInteger(serial),
      serialNumberDer: serial.bytes,
      issuer: issuer.bytes,
      subjectKeyIdentifier: extensions === null ? null : subjectKeyIdentifier(extensions),
    };
  });
}

/** RFC 5280 §4.2.1.2: the extension's value is an OCTET STRING inside the extnValue OCTET STRING. */
function subjectKeyIdentifier(extensions: DerNode): Uint8Array | null {
  for (const list of extensions.children) {
    for (const extension of asSequence(list)) {
      const [id] = asSequence(extension);
      const value = extension.children.at(-1);
      if (id === undefined || value === undefined || asOid(id) !== oids.subjectKeyIdentifier) continue;
      return asOctetString(readDer(asOctetString(value)));
    }
  }
  return null;
}
