import { oids } from '../asn1/index.ts';
import { unacceptedCurve } from '../key-kind/index.ts';
import { X509Error } from './error.ts';
import {
  readBasicConstraints,
  readCertificate,
  readExtendedKeyUsage,
  readKeyUsage,
  type PathCertificate,
} from './read-certificate.ts';

export interface PathQuery {
  /** DER of the certificate to trust. */
  readonly certificate: Uint8Array;
  /** DER of the certificates supplied with it; unknown and unneeded ones are allowed. */
  readonly intermediates: readonly Uint8Array[];
  /** DER of the only certificates that are trusted without a path. */
  readonly trustedRoots: readonly Uint8Array[];
  /** Every certificate on the path must be valid then. */
  readonly at: Date;
  readonly usage: 'codeSigning' | 'timeStamping';
  /**
   * As Windows takes certificates of others, Microsoft's among them: a timestamp authority's usage need not be critical, and
   * critical policies are passed over (RFC 5280 §6.1.1: the user-initial-policy-set is any-policy, so they decide nothing).
   */
  readonly asWindows?: boolean;
}

const pathLengthMax = 6;
const intermediatesMax = 32;
const usageOids = { codeSigning: oids.codeSigning, timeStamping: oids.timeStamping };
/** digitalSignature, nonRepudiation. */
const maySign = 0x80 | 0x40;

/** What a signature may be made with: a hash, or a scheme that includes one. */
const strong: ReadonlySet<string> = new Set(['SHA-256', 'SHA-384', 'SHA-512', 'Ed25519', 'Ed448']);
/** Critical extensions this code understands; RFC 5280 §4.2: any other means that the certificate is refused. */
const understood: ReadonlySet<string> = new Set([
  oids.keyUsage,
  oids.basicConstraints,
  oids.extendedKeyUsage,
]);

/**
 * Certificate → the path from it to a trusted root, both included (RFC 5280 §6.1, without name constraints
 * and policy trees: certificates that make those critical are refused). Throws X509Error: USAGE_WRONG,
 * NOT_VALID_AT_TIME, CRITICAL_EXTENSION_UNKNOWN, ALGORITHM_WEAK, UNTRUSTED, MALFORMED. Revocation is not checked.
 */
export function verifyCertificatePath(query: PathQuery): readonly Uint8Array[] {
  try {
    return verifyPath(query);
  } catch (cause) {
    if (cause instanceof X509Error) throw cause;
    // Extensions and keys are decoded when they are checked, and the decoders throw errors of their own.
    throw new X509Error('MALFORMED', 'a certificate whose extensions or key are malformed', { cause });
  }
}

function verifyPath(query: PathQuery): readonly Uint8Array[] {
  if (query.intermediates.length > intermediatesMax) {
    throw new X509Error(
      'MALFORMED',
      `${query.intermediates.length} certificates; ${intermediatesMax} is the limit`,
    );
  }
  const leaf = readCertificate(query.certificate);
  checkCertificate(leaf, query, 'below');
  checkLeafUsage(leaf, query);
  const roots = query.trustedRoots.map(readCertificate);
  const path = findPath([leaf], query, roots, query.intermediates.map(readCertificate));
  if (path !== null) return path.map((certificate) => certificate.der);
  throw new X509Error(
    'UNTRUSTED',
    `no path from ${oneLine(leaf)} (issued by ${leaf.node.issuer.replaceAll('\n', ', ')}) to a trusted root`,
  );
}

/** Depth first; at each step an issuer must itself be acceptable and have signed the certificate before it. */
function findPath(
  path: readonly PathCertificate[],
  query: PathQuery,
  roots: readonly PathCertificate[],
  intermediates: readonly PathCertificate[],
): readonly PathCertificate[] | null {
  const last = path.at(-1);
  if (last === undefined) return null;
  if (roots.some((root) => sameBytes(root.der, last.der))) return path;
  for (const root of roots) {
    if (issued(root, last, path.length, query, 'root')) return [...path, root];
  }
  if (path.length >= pathLengthMax) return null;
  for (const candidate of intermediates) {
    if (path.some((certificate) => sameBytes(certificate.der, candidate.der))) continue;
    if (!issued(candidate, last, path.length, query, 'below')) continue;
    const found = findPath([...path, candidate], query, roots, intermediates);
    if (found !== null) return found;
  }
  return null;
}

/** Whether a CA may have, and did, sign the certificate; `below` counts the certificates under the CA. */
function issued(
  ca: PathCertificate,
  child: PathCertificate,
  below: number,
  query: PathQuery,
  place: 'root' | 'below',
): boolean {
  // Names, key identifiers and, if the CA has a key usage, that it may sign certificates (X509_check_issued of OpenSSL).
  if (!child.node.checkIssued(ca.node)) return false;
  try {
    checkCertificate(ca, query, place);
    const constraints = readBasicConstraints(ca);
    if (!constraints.ca || (constraints.pathLength ?? pathLengthMax) < below - 1) return false;
    const usages = readExtendedKeyUsage(ca);
    if (usages !== null && !usages.includes(usageOids[query.usage])) return false;
    return child.node.verify(ca.node.publicKey);
  } catch {
    // Unacceptable or malformed: this candidate doesn't lead to a root, another one may.
    return false;
  }
}

function checkCertificate(
  certificate: PathCertificate,
  { at, asWindows = false }: Pick<PathQuery, 'at' | 'asWindows'>,
  place: 'root' | 'below',
): void {
  const { node, extensions, signedWith } = certificate;
  if (at < node.validFromDate || at > node.validToDate) {
    throw new X509Error(
      'NOT_VALID_AT_TIME',
      `${oneLine(certificate)} is valid from ${node.validFromDate.toISOString()} to ` +
        `${node.validToDate.toISOString()}, not at ${at.toISOString()}`,
    );
  }
  for (const [type, { critical }] of extensions) {
    if (!critical || understood.has(type)) continue;
    if (asWindows && type === oids.certificatePolicies) continue;
    throw new X509Error(
      'CRITICAL_EXTENSION_UNKNOWN',
      `${oneLine(certificate)} has the critical extension ${type}`,
    );
  }
  // A root is trusted directly: its signature over itself isn't relied on, and old ones use SHA-1.
  if (place !== 'root' && !strong.has(signedWith)) {
    throw new X509Error('ALGORITHM_WEAK', `${oneLine(certificate)} is signed with ${signedWith}`);
  }
  const { asymmetricKeyType, asymmetricKeyDetails } = node.publicKey;
  if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
    throw new X509Error('ALGORITHM_WEAK', `${oneLine(certificate)} has an RSA key under 2048 bits`);
  }
  const curve = unacceptedCurve(node.publicKey);
  if (curve !== null) {
    const message = `${oneLine(certificate)} has a key on the curve ${curve}; P-256, P-384 and P-521 are accepted`;
    throw new X509Error('ALGORITHM_WEAK', message);
  }
}

function checkLeafUsage(
  leaf: PathCertificate,
  { usage, asWindows = false }: Pick<PathQuery, 'usage' | 'asWindows'>,
): void {
  const usages = readExtendedKeyUsage(leaf) ?? [];
  const wrong = (why: string): X509Error => new X509Error('USAGE_WRONG', `${oneLine(leaf)}: ${why}`);
  if (!usages.includes(usageOids[usage])) throw wrong(`the extended key usage lacks ${usage}`);
  // RFC 3161 §2.3: timeStamping alone, and critical.
  const critical = leaf.extensions.get(oids.extendedKeyUsage)?.critical === true || asWindows;
  if (usage === 'timeStamping' && (usages.length !== 1 || !critical)) {
    throw wrong('a timestamp authority has timeStamping as its only, critical extended key usage');
  }
  const keyUsage = readKeyUsage(leaf);
  if (keyUsage !== null && (keyUsage & maySign) === 0) throw wrong('the key usage lacks digitalSignature');
}

function oneLine(certificate: PathCertificate): string {
  return certificate.node.subject.replaceAll('\n', ', ');
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
