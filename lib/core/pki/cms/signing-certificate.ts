/**
 * The signing-certificate attributes: without one, another certificate for the same key could be substituted for the one that signed.
 * ```
 * SigningCertificate   ::= SEQUENCE { certs SEQUENCE OF ESSCertID, policies OPTIONAL }
 * ESSCertID            ::= SEQUENCE { certHash OCTET STRING (by SHA-1), issuerSerial OPTIONAL }
 * SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2, policies OPTIONAL }
 * ESSCertIDv2          ::= SEQUENCE { hashAlgorithm DEFAULT sha256, certHash OCTET STRING, issuerSerial OPTIONAL }
 * IssuerSerial         ::= SEQUENCE { issuer GeneralNames, serialNumber INTEGER }
 * ```
 * RFC 2634 §5.4, RFC 5035 §3 to §5.
 */
import { createHash } from 'node:crypto';
import {
  asOctetString,
  asSequence,
  explicit,
  Fields,
  isUniversal,
  octetString,
  oids,
  sequence,
  universalTag,
  type Der,
  type DerNode,
} from '../asn1/index.ts';
import { hashOf, readAlgorithm } from './algorithms.ts';
import { singleValue, type CmsAttribute } from './attributes.ts';
import { certificateIdentity, type CertificateIdentity } from './certificate-identity.ts';
import { reading } from './errors.ts';

const issuerSerialOf = ({ issuer, serialNumberDer }: CertificateIdentity): Der =>
  sequence(sequence(explicit(4, issuer)), serialNumberDer);

/** → the value of the signing-certificate-v2 attribute, by SHA-256. */
export function signingCertificateV2(certificate: Uint8Array): Der {
  const hash = createHash('sha256').update(certificate).digest();
  const issuerSerial = issuerSerialOf(certificateIdentity(certificate));
  return sequence(sequence(sequence(octetString(hash), issuerSerial)));
}

/** Whether signed attributes name this certificate as the signer's: `none`, they name none. */
export type CertificateNaming = 'same' | 'other' | 'none';

/**
 * Each of the two attributes that is there has one value, the first certificate in which is the signer's, by its hash and, where that is
 * given, by issuer and serial number: they are judged independently of each other (RFC 5035 §5). By SHA-1 in version 1 alone, which has
 * nothing else; RFC 5816 §2.2.1 has timestamps go on with it. Throws CmsError for what can't be read.
 */
export function certificateNaming(
  signedAttributes: ReadonlyMap<string, CmsAttribute>,
  certificate: Uint8Array,
): CertificateNaming {
  const present = [oids.signingCertificate, oids.signingCertificateV2].filter((type) =>
    signedAttributes.has(type),
  );
  if (present.length === 0) return 'none';
  const names = (type: string): boolean => {
    const value = singleValue(signedAttributes, type);
    return value !== null && namesCertificate(value, type, certificate);
  };
  return present.every(names) ? 'same' : 'other';
}

function namesCertificate(value: DerNode, type: string, certificate: Uint8Array): boolean {
  return reading('signing-certificate attribute', () => {
    asSequence(value);
    const whole = new Fields(value, 'SigningCertificate');
    const certificates = whole.next('certs');
    whole.optional((node) => isUniversal(node, universalTag.sequence));
    whole.end();
    asSequence(certificates);
    const first = new Fields(certificates, 'certs').next('the signer’s');
    asSequence(first);
    const fields = new Fields(first, 'ESSCertID');
    const hash = type === oids.signingCertificate ? 'sha1' : readHash(fields);
    const digest = asOctetString(fields.next('certHash'));
    const issuerSerial = fields.optional(() => true);
    fields.end();
    if (!createHash(hash).update(certificate).digest().equals(digest)) return false;
    return (
      issuerSerial === null ||
      Buffer.compare(issuerSerial.bytes, issuerSerialOf(certificateIdentity(certificate))) === 0
    );
  });
}

function readHash(fields: Fields): string {
  const algorithm = fields.optional((node) => isUniversal(node, universalTag.sequence));
  return algorithm === null ? 'sha256' : hashOf(readAlgorithm(algorithm));
}
