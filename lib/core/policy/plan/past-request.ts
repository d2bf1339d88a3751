/**
 * A signing request of the past, as facts: what the build system certified, what was in the file, who approved, what
 * was decided. Plain JSON. What wasn't recorded is null, never guessed.
 */
import type { RecordedClaims } from '../../origin/index.ts';
import type { ParameterValues } from '../../wire/parameters/index.ts';
import type { InspectedFile } from '../../wire/journal/index.ts';

export type PastDecision = 'released' | 'denied' | 'failed' | 'open';

export type PastEntry = InspectedFile;

export interface PastOrigin {
  /** By the names of the claims; a claim that wasn't recorded is missing. */
  readonly claims: RecordedClaims;
  /** What the signature states, as policies call it; `other`: nothing that proves a build; null: not recorded. */
  readonly attestation: string | null;
  /** When the transparency log or a timestamp authority saw the attestation; ISO 8601, or null. */
  readonly integratedAt: string | null;
}

export interface PastInspection {
  readonly outcome: 'pass' | 'fail';
  /** Rule of the first failure, or null. */
  readonly rule: string | null;
  /** SHA-256 of the canonical JSON of the artifact configuration it was held against. */
  readonly configurationSha256: string | null;
  /** Everything found in the artifact. */
  readonly entries: readonly PastEntry[] | null;
}

export interface PastApproval {
  readonly handle: string;
  readonly decision: 'approve' | 'deny';
}

export interface PastRequest {
  readonly id: string;
  readonly project: string;
  readonly policy: string;
  readonly submittedBy: string | null;
  /** Values that it gave for the artifact configuration, by name. */
  readonly parameters: ParameterValues;
  /** When it was checked last; ISO 8601. */
  readonly at: string;
  readonly decided: PastDecision;
  /** Rule that refused it, or null. */
  readonly decidedBy: string | null;
  /** null: the origin was never verified, or not recorded. */
  readonly origin: PastOrigin | null;
  readonly inspection: PastInspection | null;
  readonly scan: 'clean' | 'refused' | null;
  /** null: nobody recorded them. */
  readonly approvals: readonly PastApproval[] | null;
}
