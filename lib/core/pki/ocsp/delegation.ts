import { createHash, type KeyObject } from 'node:crypto';
import { oids } from '../asn1/index.ts';
import { parseCertificate } from '../x509/index.ts';

interface Delegation {
  readonly key: KeyObject;
  readonly from: Date;
  readonly to: Date;
}

/** A CA has a handful of responders in its lifetime, and each response includes the certificate of one. */
const rememberedMax = 32;
const remembered = new Map<string, Delegation | null>();

/**
 * DER certificates of a responder and a CA → the key that may sign responses for the CA's certificates, or null if it may
 * not: the CA must have issued the certificate itself, for this purpose (RFC 6960 §4.2.2.2). Throws X509Error MALFORMED. Reading
 * a certificate takes a millisecond or two, so verdicts, which depend only on the bytes, are cached.
 */
export function delegation(responder: Uint8Array, issuer: Uint8Array): Delegation | null {
  const name =
    createHash('sha256').update(issuer).digest('hex') + createHash('sha256').update(responder).digest('hex');
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const verdict = judge(responder, issuer);
  if (remembered.size >= rememberedMax) remembered.clear();
  remembered.set(name, verdict);
  return verdict;
}

function judge(responder: Uint8Array, issuer: Uint8Array): Delegation | null {
  const { node, extensions } = parseCertificate(responder);
  const ca = parseCertificate(issuer);
  // Undefined where the certificate has no extended key usage, whatever its type says.
  const keyUsage = (node as { readonly keyUsage: readonly string[] | undefined }).keyUsage ?? [];
  const mayAnswer = keyUsage.includes(oids.ocspSigning) && extensions.issuer === ca.extensions.subject;
  if (!mayAnswer || !node.verify(ca.node.publicKey)) return null;
  return { key: node.publicKey, from: node.validFromDate, to: node.validToDate };
}
