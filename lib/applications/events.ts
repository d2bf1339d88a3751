/** Events and messages of an application: one list with two audiences. */
import { z } from 'zod';
import { actorName } from '../platform/auth/index.ts';
import { unseenProblem } from '#core/text/typed/index.ts';
import { FieldReader } from '../platform/http/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { ApplicationsError } from './error.ts';

const eventKinds = [
  'started',
  'submitted',
  'claimed',
  'released',
  'message',
  'note',
  'information-requested',
  'replied',
  'recused',
  'decided',
  'accepted',
  'rejected',
  'withdrawn',
  'appealed',
  'review-again',
  'alert',
  'change-proposed',
  'proposal-renewed',
  'pause-proposed',
] as const;
export type EventKind = (typeof eventKinds)[number];
/** applicant: the applicant and the reviewers. reviewers: only they. */
export type Audience = 'applicant' | 'reviewers';

export interface ApplicationEvent {
  readonly id: bigint;
  readonly at: Date;
  readonly actor: string;
  readonly actorName: string;
  readonly kind: EventKind;
  readonly audience: Audience;
  readonly body: string;
}

const eventSchema = z.object({
  id: z.bigint(),
  at: z.date(),
  actor: z.string(),
  actorName: z.string(),
  kind: z.enum(eventKinds),
  audience: z.enum(['applicant', 'reviewers']),
  body: z.string(),
});
const eventsMax = 500;

export async function addEvent(
  transaction: Transaction,
  ctx: Pick<Context, 'actor' | 'now'>,
  event: {
    readonly applicationId: number;
    readonly kind: EventKind;
    readonly audience: Audience;
    readonly body: string;
    /** The author shown to readers; by default the caller. */
    readonly actorName?: string;
  },
): Promise<void> {
  const { actor } = ctx;
  await transaction.applicationEvent.create({
    data: {
      applicationId: event.applicationId,
      at: ctx.now(),
      actor: actorName(actor),
      actorName: event.actorName ?? ('name' in actor ? actor.name : 'The portal'),
      kind: event.kind,
      audience: event.audience,
      body: event.body,
    },
  });
}

/** Oldest first; of very long histories the newest 500. */
export async function readEvents(
  db: Portal['db'],
  applicationId: number,
  audience: Audience,
): Promise<readonly ApplicationEvent[]> {
  const rows = await db.applicationEvent.findMany({
    where: { applicationId, ...(audience === 'reviewers' ? {} : { audience: 'applicant' }) },
    orderBy: { id: 'desc' },
    take: eventsMax,
  });
  return rows.reverse().map((row) => eventSchema.parse(row));
}

/** In characters. Also shown by the forms. */
export const textCharactersMax = 4_000;

/** What people write to one another, in the field `field`: plain text. `what` begins the message of the error. */
export function parseText(text: string, what: string, field = 'body'): string {
  const reader = new FieldReader();
  const clean = reader.text(field, text, { label: what, charactersMax: textCharactersMax, lines: true });
  const unseen = unseenProblem(clean);
  if (unseen !== null) reader.refuse(field, 'CHARACTER_INVALID', `${what}: ${unseen}.`);
  const [problem] = reader.problems;
  if (problem === undefined) return clean;
  throw new ApplicationsError({
    code: 'TEXT_INVALID',
    message: problem.message,
    fields: reader.problems,
    fix: 'Correct it, then send it again: what you wrote is still here.',
  });
}
