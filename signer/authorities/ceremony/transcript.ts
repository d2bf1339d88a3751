import { createHash } from 'node:crypto';
import type { KeyKind } from '#core/pki/key-kind/index.ts';
import { parseCertificate } from '#core/pki/x509/index.ts';
import type { KeyProtection, TokenDescription, WrappingKeyProtection } from '../../keyholder/token/index.ts';

/** What happened to one key and its certificate. In a dry run the `made` ones are what would be made. */
export interface TranscriptKey {
  readonly label: string;
  /** Of the key: another label where the certificate is one of several for it. */
  readonly keyLabel: string;
  /** ISO 8601; null: it signs as soon as it is valid. */
  readonly notUsedBefore: string | null;
  readonly purpose: string;
  readonly token: string;
  /** `wrapped`: the key is a file that a key of the token unwraps. */
  readonly storage: 'token' | 'wrapped';
  readonly project: string | null;
  readonly name: string | null;
  readonly program: string | null;
  readonly keyKind: KeyKind;
  readonly key: 'made' | 'kept';
  /** `requested`: a request for it was written; `imported`: a public CA issued it. */
  readonly certificate: 'made' | 'kept' | 'requested' | 'imported';
  /** As the token reports it; null in a dry run for a key that doesn't exist yet. */
  readonly protection: KeyProtection | null;
  /** Null in a dry run for a certificate that doesn't exist yet. */
  readonly issued: TranscriptCertificate | null;
  /** Of a key of a project's own that was made now; null for others. */
  readonly published: TranscriptPublished | null;
  /** Number of lint rules that it passed before it was signed; null: it was signed in an earlier ceremony, or isn't yet. */
  readonly rulesKept: number | null;
}

export interface TranscriptPublished {
  readonly file: string;
  readonly sha256: string;
  /** Of an OpenPGP key. */
  readonly fingerprint: string | null;
}

export interface TranscriptCertificate {
  readonly file: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly sha256: string;
}

export interface CeremonyTranscript {
  readonly version: 1;
  readonly at: string;
  readonly dryRun: boolean;
  readonly module: string;
  readonly foundation: string;
  /** Whether everything had to conform to FIPS 186-5. */
  readonly fips: boolean;
  /** Tokens as they describe themselves, with the keys on them that no registry names. */
  readonly tokens: readonly TranscriptToken[];
  readonly logKey: TranscriptLogKey;
  /** Who is to sign this text with ssh-keygen. */
  readonly witnesses: readonly { readonly name: string; readonly key: string }[];
  readonly keys: readonly TranscriptKey[];
  /** The root's revocation list; null where its token wasn't opened, and in a dry run. */
  readonly rootList: TranscriptRootList | null;
}

export interface TranscriptToken extends Omit<TokenDescription, 'privateKeys'> {
  readonly role: string;
  readonly keys: number;
  readonly notRegistered: readonly string[];
  /** Keys of the token that unwrap keys of this ceremony. */
  readonly wrappingKeys: readonly TranscriptWrappingKey[];
}

export interface TranscriptWrappingKey {
  readonly label: string;
  readonly protection: WrappingKeyProtection;
  /** Whether who has the files and the PIN could have it unwrap keys into a form that can be taken off the token. */
  readonly givesKeysBack: boolean;
}

export interface TranscriptLogKey {
  readonly label: string;
  readonly token: string;
  readonly key: 'made' | 'kept';
  /** Line of the key that signs this text; null in a dry run for a key that doesn't exist yet. */
  readonly verifierKey: string | null;
}

export interface TranscriptRootList {
  readonly file: string;
  readonly number: number;
  readonly nextUpdate: string;
  readonly revoked: readonly string[];
}

export function describeCertificate(file: string, der: Uint8Array): TranscriptCertificate {
  const { node } = parseCertificate(der);
  return {
    file,
    subject: node.subject.replaceAll('\n', ', '),
    issuer: node.issuer.replaceAll('\n', ', '),
    serialNumber: node.serialNumber.toLowerCase(),
    notBefore: node.validFromDate.toISOString(),
    notAfter: node.validToDate.toISOString(),
    sha256: createHash('sha256').update(der).digest('hex'),
  };
}
