/** Asking for signatures: each call may be sent twice, and asks once. */
import * as z from 'zod/mini';
import type { Going } from './patience.ts';
import { callPortal, readAnswer, type Portal } from './portal.ts';
import { requestPath } from './request-view.ts';
import { idSchema, stateSchema } from './words.ts';

/** The portal looks up the newest provenance that the host keeps of the artifact, of a run where one is named. */
export interface BundleFrom {
  readonly host: (typeof bundleHosts)[number];
  /** Left out: the caller's own, where a build calls. */
  readonly runId?: string;
  /** By which the portal looks, this once: of a private repository's job, with `attestations: read`. */
  readonly token?: string;
}

/** Code hosts that keep attestations. */
export const bundleHosts = ['github'] as const;

export interface Submission {
  readonly project: string;
  readonly policy: string;
  readonly artifact: { readonly sha256: string; readonly name: string };
  /** Sigstore bundle that attests the artifact's origin. */
  readonly bundle?: unknown;
  /** In place of it: where the code host of the policy's repository keeps it. Not both. */
  readonly bundleFrom?: BundleFrom;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Older requests of the same project, policy and ref that aren't signed yet end with this one. Only a build's token says a ref. */
  readonly supersedes?: true;
  /** The artifact configuration that the caller expects: the policy names it, and of another one the call is refused. */
  readonly configuration?: string;
}

const submittedSchema = z.looseObject({
  id: idSchema,
  url: z.string(),
  /** False: the same request was there already. */
  created: z.optional(z.boolean()),
});
export type Submitted = z.infer<typeof submittedSchema>;

/** Asks for a signature; the same request again gives the same id. */
export function submit(
  portal: Portal,
  submission: Submission,
  { idempotencyKey = null, ...going }: Going & { readonly idempotencyKey?: string | null } = {},
): Promise<Submitted> {
  return post(portal, '/api/v1/requests', { body: submission, idempotencyKey, identity: 'fresh', going });
}

export interface Resubmission {
  readonly policy?: string;
  /** The artifact configuration that the caller expects: the policy names it, and of another one the call is refused. */
  readonly configuration?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The same artifact and provenance in a new request, under another policy for one; attaches to one like it that wasn't refused. */
export function resubmit(
  portal: Portal,
  id: string,
  {
    again,
    idempotencyKey = null,
    ...going
  }: Going & { readonly again: Resubmission; readonly idempotencyKey?: string | null },
): Promise<Submitted> {
  return post(portal, `${requestPath(id)}/resubmit`, {
    body: again,
    idempotencyKey,
    identity: 'fresh',
    going,
  });
}

const cancelledSchema = z.looseObject({ id: z.string() });

/** Asks the signer to end a request, which it does when it looks next. Throws ClientError REFUSED where it is too late; `problem` says what happened. */
export async function cancel(
  portal: Portal,
  id: string,
  { reason, ...going }: Going & { readonly reason: string },
): Promise<void> {
  const incoming = await callPortal(
    portal,
    `${requestPath(id)}/cancel`,
    { method: 'POST', headers: json, body: JSON.stringify({ reason }), identity: 'needed' },
    going,
  );
  await readAnswer(incoming, cancelledSchema);
}

const json = { 'content-type': 'application/json' } as const;

async function post(
  portal: Portal,
  path: string,
  {
    body,
    idempotencyKey,
    identity,
    going,
  }: {
    readonly body: unknown;
    readonly idempotencyKey: string | null;
    readonly identity: 'fresh';
    readonly going: Going;
  },
): Promise<Submitted> {
  const key: Record<string, string> = idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey };
  const incoming = await callPortal(
    portal,
    path,
    { method: 'POST', headers: { ...json, ...key }, body: JSON.stringify(body), identity },
    going,
  );
  return readAnswer(incoming, submittedSchema);
}

const pageSchema = z.looseObject({
  requests: z.array(
    z.looseObject({
      id: idSchema,
      status: stateSchema,
      outcome: z.nullish(stateSchema),
      project: z.string(),
      policy: z.string(),
      createdAt: z.optional(z.string()),
      artifact: z.optional(z.looseObject({ name: z.string() })),
    }),
  ),
  next: z.nullable(z.string()),
});
export type ListedRequest = z.infer<typeof pageSchema>['requests'][number];

export interface Listing {
  readonly project?: string | undefined;
  readonly status?: string | undefined;
  readonly since?: string | undefined;
  /** At most so many, newest first. */
  readonly limit: number;
}

/** Requests, newest first, page after page until there are enough. `more`: there are others. */
export async function listRequests(
  portal: Portal,
  { project, status, since, limit }: Listing,
  going: Going = {},
): Promise<{ readonly requests: readonly ListedRequest[]; readonly more: boolean }> {
  const requests: ListedRequest[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(Math.min(100, limit - requests.length)) });
    for (const [name, value] of Object.entries({ project, status, since, cursor: cursor ?? undefined }))
      if (value !== undefined) query.set(name, value);
    const call = { method: 'GET' as const, identity: 'if-there' as const };
    const page: z.infer<typeof pageSchema> = await readAnswer(
      await callPortal(portal, `/api/v1/requests?${query.toString()}`, call, going),
      pageSchema,
    );
    requests.push(...page.requests);
    cursor = page.requests.length === 0 ? null : page.next;
  } while (cursor !== null && requests.length < limit);
  return { requests: requests.slice(0, limit), more: cursor !== null };
}
