/**
 * What a project's webhooks are told (Standard Webhooks): each type of event with its data, in one place. Only what the public pages
 * show is in it. Members are added, never taken away or given another meaning.
 */
import { z } from 'zod';

/** Of one message, in bytes; Standard Webhooks advises 20 KB. */
export const webhookBodyBytesMax = 20_000;

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const time = z.iso.datetime();
const url = z.url().max(2_000);
const name = z.string().max(300);
const sentence = z.string().max(1_000);

const requestMembers = {
  project: z.string(),
  policy: z.string(),
  request: z.uuid(),
  url,
  artifact: z.strictObject({ name, sha256: hex(64), sizeBytes: z.number().int().nonnegative() }),
  submittedBy: name,
  submittedAt: time,
  /** The commit it was built from; null: the origin isn't known (yet). */
  sourceCommit: name.nullable(),
};
const refusalMembers = {
  ...requestMembers,
  summary: sentence.nullable(),
  /** The signer's, the first of them. */
  findings: z.array(z.strictObject({ rule: name, message: sentence, fix: sentence.nullable() })).max(5),
};

const data = {
  'request.waiting': z.strictObject({
    ...requestMembers,
    /** null: nothing is signed under its policy now. */
    approvalsNeeded: z.number().int().nonnegative().nullable(),
  }),
  'request.completed': z.strictObject({
    ...requestMembers,
    release: z.strictObject({
      name,
      sha256: hex(64),
      sizeBytes: z.number().int().nonnegative(),
      releasedAt: time,
      download: url,
    }),
  }),
  'request.denied': z.strictObject({
    ...refusalMembers,
    /** Whether the signer refused it, or somebody didn't want it any more. Messages of before don't say. */
    outcome: z.enum(['denied', 'cancelled', 'superseded']).default('denied'),
  }),
  'request.failed': z.strictObject(refusalMembers),
  'request.delayed': z.strictObject({ ...requestMembers, summary: sentence.nullable() }),
  'certificate.revoked': z.strictObject({
    project: z.string(),
    certificate: name,
    serial: name,
    reason: name,
    /** What was signed since then, and what has no timestamp, is no longer good. */
    effectiveAt: time,
    statement: z.string().max(4_000),
    url,
  }),
  'policy.accepted': z.strictObject({
    project: z.string(),
    commit: hex(40),
    /** The one in force before; null: it is the first. */
    previous: hex(40).nullable(),
    acceptedAt: time,
    url,
  }),
  'webhook.test': z.strictObject({ project: z.string(), message: sentence, url }),
} as const;

export type WebhookEventType = keyof typeof data;
export type WebhookEventData<Type extends WebhookEventType> = z.output<(typeof data)[Type]>;
export type WebhookEvent = {
  readonly [Type in WebhookEventType]: {
    readonly type: Type;
    readonly timestamp: Date;
    readonly data: WebhookEventData<Type>;
  };
}[WebhookEventType];

/** Those that a team chooses from; a test is sent when it asks for one. */
export const webhookEventTypes = (Object.keys(data) as readonly WebhookEventType[]).filter(
  (type) => type !== 'webhook.test',
);

/** The body of a message: `timestamp` is the event's, not the attempt's. Throws where an event isn't as described here. */
export function webhookBody(event: WebhookEvent): string {
  const body = JSON.stringify({
    type: event.type,
    timestamp: event.timestamp.toISOString(),
    data: data[event.type].parse(event.data),
  });
  if (new TextEncoder().encode(body).length > webhookBodyBytesMax)
    throw new RangeError(`a message of type ${event.type} is longer than ${webhookBodyBytesMax} bytes`);
  return body;
}

/** A body as a receiver reads it. Throws where it isn't one. */
export function readWebhookBody(text: string): WebhookEvent {
  const { type, timestamp, data: members } = envelope.parse(JSON.parse(text));
  return { type, timestamp: new Date(timestamp), data: data[type].parse(members) } as WebhookEvent;
}

const envelope = z.strictObject({
  type: z.enum(Object.keys(data) as [WebhookEventType, ...WebhookEventType[]]),
  timestamp: time,
  data: z.unknown(),
});

export const webhookFormats = ['standard', 'slack', 'matrix', 'github', 'gitlab'] as const;
export type WebhookFormat = (typeof webhookFormats)[number];
/** Those that start a workflow or pipeline of the project: where is what the accepted policy says, and never an address that somebody typed. */
export const startingFormats = ['github', 'gitlab'] as const satisfies readonly WebhookFormat[];
export type StartingFormat = (typeof startingFormats)[number];
export const isStartingFormat = (format: string): format is StartingFormat =>
  (startingFormats as readonly string[]).includes(format);
