/**
 * The FIPS switch: what is approved by FIPS 186-5 (keys and signatures), SP 800-131A Rev. 2 (sizes and hashes) and
 * SP 800-57 Part 1 Rev. 5 §5.6.2 (112 bits no longer suffice for long-term protection). Whether a module was
 * validated can't be asked through PKCS#11: its certificate says so.
 */
import type { KeyObject, X509Certificate } from 'node:crypto';
import type { SignatureHash } from '#core/formats/format.ts';
import { asOid, asSequence, oids, readDer } from '#core/pki/asn1/index.ts';
import type { KeyType } from '#core/pki/key-kind/index.ts';
import { KeyHolderError } from '../protocol/index.ts';
import { readCapabilities } from './description.ts';
import type { KeyProtection } from './keys.ts';
import { ecdsaHashing, pkcs1 } from './mechanisms.ts';
import type { Pkcs11Token } from './token.ts';

const approvedSignatures: ReadonlySet<string> = new Set([
  oids.sha256WithRsaEncryption,
  oids.sha384WithRsaEncryption,
  oids.sha512WithRsaEncryption,
  // ecdsa-with-SHA256, -SHA384, -SHA512 (RFC 5758 §3.2) and Ed25519 (RFC 8410 §3).
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.3.101.112',
]);
const approvedCurves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const rsaBitsMin = 3072;

/** Throws NOT_APPROVED for a key that isn't approved, or that its token doesn't protect. */
export function checkApprovedKey(label: string, publicKey: KeyObject, protection?: KeyProtection): void {
  const problem = keyProblem(publicKey);
  if (problem !== null) throw notApproved(`key ${label}`, problem);
  if (protection?.protected === false) {
    throw notApproved(`key ${label}`, `it can leave its token (${JSON.stringify(protection)})`);
  }
}

/** Throws NOT_APPROVED for a certificate whose key or signature isn't approved. */
export function checkApprovedCertificate(certificate: X509Certificate): void {
  const what = `the certificate of ${certificate.subject.replaceAll('\n', ', ')}`;
  const problem = keyProblem(certificate.publicKey);
  if (problem !== null) throw notApproved(what, problem);
  const [, algorithm] = asSequence(readDer(new Uint8Array(certificate.raw)));
  const [oid] = algorithm === undefined ? [] : asSequence(algorithm);
  const name = oid === undefined ? '(none)' : asOid(oid);
  if (!approvedSignatures.has(name)) {
    throw notApproved(
      what,
      `it is signed with ${name}, which is not an approved signature with SHA-256, 384 or 512`,
    );
  }
}

/** Throws NOT_APPROVED for a token that can't hash what it signs, or not with keys of this size. */
export async function checkApprovedToken(
  token: Pkcs11Token,
  type: KeyType = 'rsa',
  hash: SignatureHash = 'sha256',
): Promise<void> {
  const { mechanisms, rsaBitsMax } = await readCapabilities(token);
  const name = hash.toUpperCase();
  const wanted = type === 'rsa' ? `CKM_${name}_RSA_PKCS` : `CKM_ECDSA_${name}`;
  if (!mechanisms.includes(type === 'rsa' ? pkcs1[hash].mechanism : ecdsaHashing[hash])) {
    throw notApproved(`token ${token.label}`, `it has no ${wanted}: hashes would be made outside it`);
  }
  if (type === 'rsa' && rsaBitsMax < rsaBitsMin) {
    throw notApproved(`token ${token.label}`, `it signs with RSA keys up to ${rsaBitsMax} bits only`);
  }
}

function keyProblem(publicKey: KeyObject): string | null {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  if (type === 'ed25519') return null;
  if (type === 'ec') {
    const curve = details?.namedCurve ?? '(unnamed)';
    return approvedCurves.has(curve) ? null : `curve ${curve}; P-256, P-384 or P-521 (SP 800-186)`;
  }
  if (type !== 'rsa') return `its type is ${type ?? 'unknown'}; RSA, ECDSA or Ed25519 (FIPS 186-5)`;
  const bits = details?.modulusLength ?? 0;
  const exponent = details?.publicExponent ?? 0n;
  if (bits < rsaBitsMin || bits % 2 !== 0) return `RSA of ${bits} bits; ${rsaBitsMin} or more`;
  // FIPS 186-5 appendix A.1.1.
  if (exponent <= 65_536n || exponent % 2n === 0n || exponent >= 2n ** 256n) {
    return `public exponent ${exponent}; odd, over 65536`;
  }
  return null;
}

function notApproved(what: string, problem: string): KeyHolderError {
  return new KeyHolderError(
    'NOT_APPROVED',
    `${what} isn't approved, as fips: true requires: ${problem}. Make another in a ceremony, or set fips: false`,
  );
}
