/** Evidence about a project's reputation: signals from the code host, and what reviewers found and vouch for. */
import { z } from 'zod';
import { textCharactersMax } from '../applications/index.ts';
import { recordEvent } from '../audit/index.ts';
import { FieldReader } from '../platform/http/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { ReviewsError } from './error.ts';
import { disqualificationOf, refuseDisqualified, reviewerOf } from './reviewer.ts';
import { lockReview } from './row.ts';

export const manualKinds = {
  article: 'Article or talk by others',
  distribution: 'Package in a distribution',
  wikipedia: 'Wikipedia',
  users: 'Users and dependents',
  history: 'History of the project or its people',
  'second-factor': 'Second factor of the maintainers',
  other: 'Something else',
} as const;
export type ManualKind = keyof typeof manualKinds;

export interface EvidenceItem {
  readonly id: number;
  readonly kind: 'signal' | 'manual';
  readonly name: string;
  readonly group: string;
  readonly title: string;
  readonly state: 'verified' | 'unverified';
  readonly value: string;
  readonly note: 'good' | 'neutral' | 'look';
  readonly source: string;
  readonly gaming: 'low' | 'medium' | 'high';
  readonly explanation: string;
  readonly details: readonly string[];
  readonly url: string | null;
  readonly attestedBy: string | null;
  readonly sha256: string | null;
  readonly at: Date;
}

const signalSchema = z.object({
  group: z.string(),
  title: z.string(),
  state: z.enum(['verified', 'unverified']),
  value: z.string(),
  note: z.enum(['good', 'neutral', 'look']),
  source: z.string(),
  gaming: z.enum(['low', 'medium', 'high']),
  explanation: z.string(),
  details: z.array(z.string()),
});
const manualSchema = z.object({ title: z.string(), url: z.string().nullable(), text: z.string() });
const evidenceMax = 5_000;

/** The newest of each signal and everything attested; `all`: also what past decisions cite. */
export async function readEvidence(
  db: Context['db'] | Transaction,
  applicationId: number,
  { all = false }: { readonly all?: boolean } = {},
): Promise<readonly EvidenceItem[]> {
  const rows = await db.evidence.findMany({
    where: { applicationId },
    orderBy: { id: 'desc' },
    take: evidenceMax,
  });
  const seen = new Set<string>();
  const newest = rows.filter((row) => {
    if (all || row.kind === 'manual') return true;
    const first = !seen.has(row.name);
    seen.add(row.name);
    return first;
  });
  return newest.reverse().map(toItem);
}

function toItem(row: {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly body: unknown;
  readonly attestedBy: string | null;
  readonly sha256: string | null;
  readonly at: Date;
}): EvidenceItem {
  const { id, name, attestedBy, sha256, at } = row;
  if (row.kind === 'signal') {
    return {
      id,
      name,
      attestedBy,
      sha256,
      at,
      kind: 'signal',
      url: null,
      ...signalSchema.parse(row.body),
    };
  }
  const { title, url, text } = manualSchema.parse(row.body);
  return {
    id,
    name,
    attestedBy,
    sha256,
    at,
    url,
    title,
    kind: 'manual',
    group: 'attested',
    state: 'verified',
    value: text,
    note: 'neutral',
    details: [],
    source:
      manualKinds[
        z
          .enum(Object.keys(manualKinds) as ManualKind[])
          .catch('other')
          .parse(name)
      ],
    gaming: 'medium',
    explanation: 'Found by a reviewer, who vouches for it.',
  };
}

interface CheckedEvidence {
  readonly kind: ManualKind;
  readonly title: string;
  readonly url: string;
  readonly text: string;
}

function checkEvidence(input: Readonly<Record<keyof CheckedEvidence, string>>): CheckedEvidence {
  const reader = new FieldReader();
  const kinds = Object.keys(manualKinds) as ManualKind[];
  const kind = reader.choice('kind', input.kind, kinds, 'What it is: choose one of the list.');
  const missing = 'say in a few words what it is';
  const title = reader.text('title', input.title, { label: 'In a few words', charactersMax: 120, missing });
  const url = reader.text('url', input.url, { label: 'Address', charactersMax: 500, optional: true });
  if (url !== '' && !/^https?:\/\/[^\s<>"]+$/.test(url)) {
    const message = 'Address: enter one that begins with https:// or http://, or leave it empty.';
    reader.refuse('url', 'INVALID', message);
  }
  const text = reader.text('text', input.text, {
    label: 'What it shows',
    charactersMax: textCharactersMax,
    lines: true,
    missing: 'say what it shows',
  });
  const [problem] = reader.problems;
  if (problem === undefined && kind !== null) return { kind, title, url, text };
  throw new ReviewsError({
    code: 'EVIDENCE_INVALID',
    message: problem?.message ?? 'Something is missing.',
    fields: reader.problems,
    fix: 'Correct it and add it again.',
  });
}

/** Adds what a reviewer found, in their name. */
export async function attestEvidence(call: {
  readonly ctx: Context;
  readonly input: {
    readonly id: number;
    readonly kind: string;
    readonly title: string;
    readonly url: string;
    readonly text: string;
  };
}): Promise<void> {
  const { ctx, input } = call;
  const reviewer = reviewerOf(ctx);
  const { kind, title, url, text } = checkEvidence(input);
  await ctx.db.$transaction(async (transaction) => {
    const { review, application } = await lockReview(ctx, transaction, input.id);
    refuseDisqualified(await disqualificationOf(transaction, reviewer, review, application));
    await transaction.evidence.create({
      data: {
        applicationId: application.id,
        kind: 'manual',
        name: kind,
        at: ctx.now(),
        body: { title, url: url === '' ? null : url, text },
        attestedBy: reviewer.handle,
      },
    });
    await recordEvent(transaction, ctx, {
      action: 'evidence.attested',
      subject: `application:${application.id}`,
      detail: { kind },
    });
  });
}
