/**
 * The port of trust in upstream: what a format that verifies signatures asks of whoever knows the roots that the foundation pins.
 * The inspector has it (`signer/inspector/child/upstream-trust.ts`); without one, nothing is ever taken as verified.
 */
export interface UpstreamTrust {
  /** When inspection began. */
  readonly now: Date;
  /** Those whom a configuration names: at least one signature has to be by one of them. null: by anybody who leads to a root. */
  readonly signers: readonly UpstreamSignerPin[] | null;
  /** Whether this certificate may sign code, and leads to a root, all valid then. */
  judgeSigner(signer: UpstreamSigner): TrustJudgement;
  /** The time that a DER RFC 3161 token over the signature proves, by a root too. */
  judgeTimestamp(
    token: Uint8Array,
    signature: Uint8Array,
  ): { readonly time: Date } | { readonly problem: string };
}

/** What is given has to be what the certificate says. */
export interface UpstreamSignerPin {
  readonly commonName?: string;
  readonly organization?: string;
  /** In hexadecimal. */
  readonly certificateSha256?: string;
}

export interface UpstreamSigner {
  /** DER. */
  readonly certificate: Uint8Array;
  /** DER of what came along. */
  readonly intermediates: readonly Uint8Array[];
  readonly at: Date;
}

export type TrustJudgement =
  | {
      readonly ok: true;
      /** One line each. */
      readonly subject: string;
      readonly issuer: string;
      /** Its signatures count only while it is valid itself, whatever a timestamp says (EKU 1.3.6.1.4.1.311.10.3.13). */
      readonly lifetimeSigning: boolean;
    }
  | { readonly ok: false; readonly why: 'purpose' | 'expired' | 'untrusted'; readonly problem: string };
