import { createHash } from 'node:crypto';
import { explicit, octetString, sequence, type Der } from '../asn1/index.ts';
import { certificateIdentity } from './certificate-identity.ts';

/**
 * The value of the signing-certificate-v2 attribute: without it, another certificate for the same key could be substituted
 * for the one that signed.
 * ```
 * SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2 }
 * ESSCertIDv2 ::= SEQUENCE { hashAlgorithm DEFAULT sha256, certHash OCTET STRING, issuerSerial OPTIONAL }
 * IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber INTEGER }
 * ```
 * RFC 5035 §3 and §5.
 */
export function signingCertificateV2(certificate: Uint8Array): Der {
  const { issuer, serialNumberDer } = certificateIdentity(certificate);
  const issuerSerial = sequence(sequence(explicit(4, issuer)), serialNumberDer);
  const hash = createHash('sha256').update(certificate).digest();
  return sequence(sequence(sequence(octetString(hash), issuerSerial)));
}
