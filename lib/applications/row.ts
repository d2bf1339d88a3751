/** A row of the table → a validated value. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '#core/json/index.ts';
import type { StoredIdentity } from '#core/identity/index.ts';
import type { Answers } from './questions/index.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import type { CommitSha } from '#core/ids/index.ts';

const applicationStatuses = [
  'draft',
  'submitted',
  'in-review',
  'information-requested',
  'accepted',
  'rejected',
  'withdrawn',
] as const;
export type ApplicationStatus = (typeof applicationStatuses)[number];

/** Nothing follows from these by itself. */
export const finalStatuses: readonly ApplicationStatus[] = ['accepted', 'rejected', 'withdrawn'];

export interface RepositoryProof {
  /** host: the code host says so. file and dns: the challenge was found there. */
  readonly how: 'host' | 'file' | 'dns';
  readonly detail: string;
  readonly at: Date;
}

export interface SentApplication {
  readonly lines: readonly { readonly question: string; readonly label: string; readonly text: string }[];
  /** The policy whose questions these are. */
  readonly policyCommit: CommitSha;
}

export interface Application {
  readonly id: number;
  /** The applicant's account. */
  readonly applicant: StoredIdentity;
  readonly applicantName: string;
  readonly status: ApplicationStatus;
  readonly answers: Answers;
  readonly version: number;
  /** Question → field → what the repository says. */
  readonly suggestions: Answers;
  readonly program: 'executables' | 'components' | null;
  readonly name: string | null;
  readonly slug: string | null;
  readonly repository: { readonly uri: string; readonly id: string; readonly ownerId: string } | null;
  readonly proof: RepositoryProof | null;
  readonly sent: SentApplication | null;
  readonly changeNumber: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly submittedAt: Date | null;
  readonly reviewAgainAt: Date | null;
}

const answersSchema = z.record(z.string(), z.record(z.string(), z.string()));
const proofSchema = z
  .object({ how: z.enum(['host', 'file', 'dns']), detail: z.string(), at: z.coerce.date() })
  .nullable();
const sentSchema = z
  .object({
    lines: z.array(z.object({ question: z.string(), label: z.string(), text: z.string() })),
    policyCommit: z.string().transform((text) => parseCommitSha(text)),
  })
  .nullable();
const programSchema = z.enum(['executables', 'components']).nullable();

interface Row extends Omit<
  Application,
  'applicant' | 'status' | 'answers' | 'suggestions' | 'program' | 'repository' | 'proof' | 'sent'
> {
  readonly applicantHost: string;
  readonly applicantId: string;
  readonly status: string;
  readonly answers: unknown;
  readonly suggestions: unknown;
  readonly program: string | null;
  readonly repositoryUri: string | null;
  readonly repositoryId: string | null;
  readonly ownerId: string | null;
  readonly proof: unknown;
  readonly sent: unknown;
}

interface ApplicantColumns {
  readonly applicantHost: string;
  readonly applicantId: string;
}

export const applicantIn = ({ applicantHost: host, applicantId: id }: ApplicantColumns): StoredIdentity => ({
  host,
  id,
});

export const applicantColumns = ({ host, id }: StoredIdentity): ApplicantColumns => ({
  applicantHost: host,
  applicantId: id,
});

export function toApplication(row: Row): Application {
  const { id, applicantName, version, name, slug, changeNumber } = row;
  const { repositoryUri: uri, repositoryId, ownerId } = row;
  return {
    id,
    applicant: applicantIn(row),
    applicantName,
    version,
    name,
    slug,
    changeNumber,
    status: z.enum(applicationStatuses).parse(row.status),
    answers: answersSchema.parse(row.answers),
    suggestions: answersSchema.parse(row.suggestions),
    program: programSchema.parse(row.program),
    repository:
      uri === null || repositoryId === null || ownerId === null ? null : { uri, id: repositoryId, ownerId },
    proof: proofSchema.parse(row.proof),
    sent: sentSchema.parse(row.sent),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    submittedAt: row.submittedAt,
    reviewAgainAt: row.reviewAgainAt,
  };
}

/** Identifies an answer as it was when a page was rendered, so that another tab's answer isn't overwritten unseen. */
export function answerMark(answer: Readonly<Record<string, string>> | undefined): string {
  if (answer === undefined) return 'none';
  return createHash('sha256').update(canonicalJson(answer)).digest('hex').slice(0, 16);
}
