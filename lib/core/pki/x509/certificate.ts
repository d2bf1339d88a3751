import 'reflect-metadata';
import { X509Certificate as NodeCertificate, createHash, type KeyObject } from 'node:crypto';
import peculiar from '@peculiar/x509';
import { asBitString, asSequence, readDer } from '../asn1/index.ts';
import { keyTypeOf } from '../key-kind/index.ts';
import { parseCertificateSerial, type CertificateSerial } from '../../ids/index.ts';
import { X509Error } from '../certificate-path/index.ts';

const certificateBytesMax = 64 * 1024;

/** One certificate, read by OpenSSL for keys and signatures and by @peculiar/x509 for its extensions. */
export interface ParsedCertificate {
  readonly der: Uint8Array;
  readonly node: NodeCertificate;
  readonly extensions: peculiar.X509Certificate;
}

/** DER Certificate → parsed; throws X509Error MALFORMED. At most 64 KiB. */
export function parseCertificate(der: Uint8Array): ParsedCertificate {
  if (der.length > certificateBytesMax) {
    throw new X509Error(
      'MALFORMED',
      `a certificate of ${der.length} bytes; ${certificateBytesMax} is the limit`,
    );
  }
  try {
    const copy = Uint8Array.from(der);
    return { der: copy, node: new NodeCertificate(copy), extensions: new peculiar.X509Certificate(copy) };
  } catch (cause) {
    throw new X509Error('MALFORMED', 'not a DER certificate', { cause });
  }
}

/** The first certificate of a PEM text → DER; throws X509Error MALFORMED. */
export function certificateFromPem(pem: string): Uint8Array {
  try {
    return new Uint8Array(new NodeCertificate(pem).raw);
  } catch (cause) {
    throw new X509Error('MALFORMED', 'not a PEM certificate', { cause });
  }
}

/** Every certificate of a PEM text, at most `max` → DER; throws X509Error MALFORMED, also if there is none. */
export function certificatesFromPem(text: string, max = 16): readonly Uint8Array[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0 || blocks.length > max) {
    throw new X509Error('MALFORMED', `${blocks.length} PEM certificates; 1 to ${max}`);
  }
  return blocks.map(certificateFromPem);
}

/** → its serial number as written in identifiers: lower-case hexadecimal digits, whole octets. */
export function serialOf(certificate: NodeCertificate): CertificateSerial {
  const hex = certificate.serialNumber.toLowerCase();
  return parseCertificateSerial(hex.padStart(hex.length + (hex.length % 2), '0'));
}

/** DER Certificate → PEM text with a final newline (RFC 7468). */
export function certificateToPem(der: Uint8Array): string {
  return pem('CERTIFICATE', der);
}

/** DER CertificationRequest → PEM text with a final newline (RFC 7468 §7). */
export function certificateRequestToPem(der: Uint8Array): string {
  return pem('CERTIFICATE REQUEST', der);
}

function pem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** Public key → key identifier: the first 160 bits of the SHA-256 of its bits, RFC 7093 §2 method 1. */
export function keyIdentifier(publicKey: KeyObject): string {
  if (keyTypeOf(publicKey) === null) {
    const found = publicKey.asymmetricKeyType ?? 'none';
    throw new X509Error('PROFILE_INVALID', `keys of RSA, P-256 or P-384 only, found ${found}`);
  }
  const [, key] = asSequence(readDer(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))));
  if (key === undefined) throw new X509Error('PROFILE_INVALID', 'a key without its bits');
  const { bytes: bits } = asBitString(key);
  return createHash('sha256').update(bits).digest('hex').slice(0, 40);
}
