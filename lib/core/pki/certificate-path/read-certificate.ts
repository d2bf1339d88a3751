/** What path verification asks of a certificate besides what OpenSSL reads: its extensions, and the hash of its signature. */
import { X509Certificate } from 'node:crypto';
import {
  asBitString,
  asBoolean,
  asExplicit,
  asOctetString,
  asOid,
  asSequence,
  asSmallInteger,
  Fields,
  isContext,
  isUniversal,
  oids,
  readDer,
  universalTag,
  type DerNode,
} from '../asn1/index.ts';
import { X509Error } from './error.ts';

const certificateBytesMax = 64 * 1024;

export interface PathCertificate {
  readonly der: Uint8Array;
  readonly node: X509Certificate;
  /** By OID. */
  readonly extensions: ReadonlyMap<string, Extension>;
  /** What its signature was made with: a hash, a scheme that brings its own, or the OID of what is neither. */
  readonly signedWith: string;
}

export interface Extension {
  readonly critical: boolean;
  /** DER, out of the OCTET STRING. */
  readonly value: Uint8Array;
}

/** DER Certificate, at most 64 KiB → read; throws X509Error MALFORMED, Asn1Error. */
export function readCertificate(der: Uint8Array): PathCertificate {
  if (der.length > certificateBytesMax) {
    throw new X509Error(
      'MALFORMED',
      `a certificate of ${der.length} bytes; ${certificateBytesMax} is the limit`,
    );
  }
  const copy = Uint8Array.from(der);
  const [tbsCertificate, signatureAlgorithm] = asSequence(readDer(copy));
  if (tbsCertificate === undefined || signatureAlgorithm === undefined)
    throw new X509Error('MALFORMED', 'not a DER certificate');
  return {
    der: copy,
    node: openCertificate(copy),
    extensions: readExtensions(tbsCertificate),
    signedWith: readSignatureHash(signatureAlgorithm),
  };
}

function openCertificate(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (cause) {
    throw new X509Error('MALFORMED', 'not a DER certificate', { cause });
  }
}

/** TBSCertificate, RFC 5280 §4.1; `Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }`. */
function readExtensions(tbsCertificate: DerNode): ReadonlyMap<string, Extension> {
  const fields = new Fields(tbsCertificate, 'TBSCertificate');
  fields.optional((node) => isContext(node, 0));
  for (const field of ['serialNumber', 'signature', 'issuer', 'validity', 'subject', 'subjectPublicKeyInfo'])
    fields.next(field);
  fields.optional((node) => isContext(node, 1));
  fields.optional((node) => isContext(node, 2));
  const wrapper = fields.optional((node) => isContext(node, 3));
  fields.end();
  const extensions = new Map<string, Extension>();
  for (const node of wrapper === null ? [] : asSequence(asExplicit(wrapper, 3))) {
    const members = new Fields(node, 'Extension');
    const type = asOid(members.next('extnID'));
    const critical = members.optional((one) => isUniversal(one, universalTag.boolean));
    const value = asOctetString(members.next('extnValue'));
    members.end();
    // RFC 5280 §4.2: not more than one of a kind. Two readers could go by different ones.
    if (extensions.has(type)) throw new X509Error('MALFORMED', `the extension ${type} comes twice`);
    extensions.set(type, { critical: critical !== null && asBoolean(critical), value });
  }
  return extensions;
}

const signatureHashes = new Map<string, string>([
  [oids.sha256WithRsaEncryption, 'SHA-256'],
  [oids.sha384WithRsaEncryption, 'SHA-384'],
  [oids.sha512WithRsaEncryption, 'SHA-512'],
  [oids.ecdsaWithSha256, 'SHA-256'],
  [oids.ecdsaWithSha384, 'SHA-384'],
  [oids.ecdsaWithSha512, 'SHA-512'],
  ['1.2.840.113549.1.1.4', 'MD5'],
  ['1.2.840.113549.1.1.5', 'SHA-1'],
  ['1.2.840.10045.4.1', 'SHA-1'],
  ['1.3.101.112', 'Ed25519'],
  ['1.3.101.113', 'Ed448'],
]);
const hashes = new Map<string, string>([
  [oids.sha256, 'SHA-256'],
  [oids.sha384, 'SHA-384'],
  [oids.sha512, 'SHA-512'],
]);
const rsassaPss = '1.2.840.113549.1.1.10';

/** `RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] AlgorithmIdentifier DEFAULT sha1, … }`, RFC 4055 §3.1. */
function readSignatureHash(algorithmIdentifier: DerNode): string {
  const fields = new Fields(algorithmIdentifier, 'AlgorithmIdentifier');
  const algorithm = asOid(fields.next('algorithm'));
  const parameters = fields.optional(() => true);
  if (algorithm !== rsassaPss) return signatureHashes.get(algorithm) ?? algorithm;
  const stated = parameters?.children.find((node) => isContext(node, 0));
  if (stated === undefined) return 'SHA-1';
  const hash = asOid(new Fields(asExplicit(stated, 0), 'AlgorithmIdentifier').next('algorithm'));
  return hashes.get(hash) ?? hash;
}

/** `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`, RFC 5280 §4.2.1.9. */
export function readBasicConstraints({ extensions }: PathCertificate): {
  readonly ca: boolean;
  readonly pathLength: number | null;
} {
  const extension = extensions.get(oids.basicConstraints);
  if (extension === undefined) return { ca: false, pathLength: null };
  const node = readDer(extension.value);
  asSequence(node);
  const fields = new Fields(node, 'BasicConstraints');
  const ca = fields.optional((one) => isUniversal(one, universalTag.boolean));
  const pathLength = fields.optional((one) => isUniversal(one, universalTag.integer));
  fields.end();
  return {
    ca: ca !== null && asBoolean(ca),
    pathLength: pathLength === null ? null : asSmallInteger(pathLength),
  };
}

/** `ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId`, RFC 5280 §4.2.1.12; null: without one. */
export function readExtendedKeyUsage({ extensions }: PathCertificate): readonly string[] | null {
  const extension = extensions.get(oids.extendedKeyUsage);
  return extension === undefined ? null : asSequence(readDer(extension.value)).map(asOid);
}

/** The first octet of the bits: digitalSignature 0x80, nonRepudiation 0x40 (RFC 5280 §4.2.1.3); null: without one. */
export function readKeyUsage({ extensions }: PathCertificate): number | null {
  const extension = extensions.get(oids.keyUsage);
  return extension === undefined ? null : (asBitString(readDer(extension.value)).bytes[0] ?? 0);
}
