import { createHash } from 'node:crypto';
import { parseCertificate } from '../../lib/core/x509/index.ts';
import type { KeyProtection } from '../keyholder/index.ts';

/** What happened to one key and its certificate. In a dry run the `made` ones are what would be made. */
export interface TranscriptKey {
  readonly label: string;
  readonly purpose: string;
  readonly token: string;
  readonly project: string | null;
  readonly name: string | null;
  readonly modulusBits: number;
  readonly key: 'made' | 'kept';
  readonly certificate: 'made' | 'kept';
  /** As the token reports it; null in a dry run for a key that doesn't exist yet. */
  readonly protection: KeyProtection | null;
  /** Null in a dry run for a certificate that doesn't exist yet. */
  readonly issued: TranscriptCertificate | null;
  /** How many rules it was found to keep before it was signed; null: it was signed in an earlier ceremony, or isn't yet. */
  readonly rulesKept: number | null;
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
  readonly keys: readonly TranscriptKey[];
  /** The root's revocation list; null where its token wasn't opened, and in a dry run. */
  readonly rootList: TranscriptRootList | null;
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
