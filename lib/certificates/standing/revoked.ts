/** A revocation as it counts: of a certificate, remembered whatever later policies say. */
export interface KnownRevocation {
  /** Of the revoked certificate, in lower-case hexadecimal digits; its notice is named by it. */
  readonly serial: string;
  readonly project: string;
  /** The certificate's name in signing policies. */
  readonly certificate: string;
  /** As in the revocation list (RFC 5280, section 5.3.1). */
  readonly reason: string;
  readonly effectiveAt: Date;
  /** When the signer learned it as it stands here: the first time, or an earlier date or a compromised key since. */
  readonly learnedAt: Date;
}

/**
 * What makes a certificate's signatures bad: its own revocation, and any of a certificate of the same key where that is
 * compromised. → the one that reaches back the farthest, or null.
 */
export function effectiveRevocation(
  own: KnownRevocation | null,
  ofSameKey: readonly KnownRevocation[],
): KnownRevocation | null {
  return [
    ...(own === null ? [] : [own]),
    ...ofSameKey.filter((revocation) => revocation.reason === 'keyCompromise'),
  ].reduce<KnownRevocation | null>(
    (first, revocation) =>
      first === null || revocation.effectiveAt < first.effectiveAt ? revocation : first,
    null,
  );
}
