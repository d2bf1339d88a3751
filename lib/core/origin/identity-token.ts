/**
 * What is known of the tokens by which a provider's builds say who they are (OpenID Connect). A token submits and proves nothing to the
 * signer; it is read by the same rules as a build's certificate, so that one line of a policy means one thing.
 */
import type { IdentityHost } from '../identity/index.ts';
import type { CertificateClaims } from './claims.ts';
import type { ComparedOrigin } from './compared.ts';

export interface IdentityTokens<
  P extends ComparedOrigin = ComparedOrigin,
  Claims extends CertificateClaims = CertificateClaims,
> {
  /** What its tokens are signed with (RFC 7518). Nothing else is taken, whatever a token's header says. */
  readonly algorithms: readonly string[];
  /** Where an issuer's public keys are. Pinned: no discovery document is asked, which whoever answers for it could change. */
  keysUrl(issuer: string): string;
  /**
   * Whose accounts an issuer's tokens name, and on which server: the same number on another one is somebody else. null: of a host that no
   * person's file can name.
   */
  accounts(issuer: string): { readonly host: IdentityHost; readonly server: string } | null;
  /** The discrete claims, never `sub`. One that is missing or of another form fails the whole token. */
  read(payload: Readonly<Record<string, unknown>>): ReadToken;
  /** As a certificate of the same job would say it (Fulcio's mapping), but the issuer; `web`: the host's address without a path. */
  claims(token: BuildToken, web: string): Omit<Claims, 'issuer'>;
  /** What is asked of the job that submits, where it needn't be the one that attests. */
  asked(policy: P, claims: Omit<Claims, 'issuer'>): P;
  /** What is said where a rule refuses a token, by the id of the rule: in place of words about files and certificates. */
  readonly words: Readonly<Record<string, { readonly message: string; readonly fix: string }>>;
  /** The page of a run, in the repository at this address. */
  runAddress(repositoryUri: string, run: string, attempt: string): string;
  /** What to do where a token has run out. */
  readonly renewal: string;
  /** The line of a build file that asks for a token for this audience. */
  audienceLine(audience: string): string;
}

/** What a token says of the build that it was given to. */
export interface BuildToken {
  readonly repositoryId: string;
  readonly run: string;
  readonly attempt: string;
  /** Whose account started this attempt of the run; null: the token doesn't say it. */
  readonly accountId: string | null;
  /** By the host's names for them. */
  readonly claims: Readonly<Record<string, string>>;
}

export type ReadToken =
  { readonly ok: true; readonly token: BuildToken } | { readonly ok: false; readonly problem: string };
