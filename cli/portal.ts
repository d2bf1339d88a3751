/** The portal's REST API as the command line uses it. Answers are parsed; problem documents become CliErrors. */
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import { CliError } from './error.ts';
import { bodyOf, call, readAnswer, type Portal } from './http.ts';
import { sendFile } from './send-file.ts';

export type { Portal } from './http.ts';

const findingSchema = z.looseObject({
  rule: z.string(),
  outcome: z.enum(['pass', 'fail', 'info']),
  message: z.string(),
  expected: z.string().nullable(),
  found: z.string().nullable(),
  fix: z.string().nullable(),
  policy: z.looseObject({ file: z.string(), line: z.number(), column: z.number() }).nullish(),
  path: z.array(z.string()).optional(),
});
const passSchema = z.looseObject({
  number: z.number(),
  steps: z.array(
    z.looseObject({
      step: z.string(),
      state: z.string(),
      counts: z.looseObject({ fail: z.number() }).optional(),
      findings: z.array(findingSchema),
    }),
  ),
});
const standingSchema = z.looseObject({
  state: z.string(),
  refused: z.boolean(),
  publisher: z.string().nullish(),
  revocation: z.looseObject({ effectiveAt: z.string(), url: z.string() }).nullable(),
});
const requestSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  summary: z.string().nullable(),
  artifact: z.looseObject({ name: z.string() }).optional(),
  standing: standingSchema.nullish(),
  trace: z.object({ passes: z.array(passSchema) }),
});
export type FindingView = z.infer<typeof findingSchema>;
export type RequestView = z.infer<typeof requestSchema>;

/** Streams a file to the store; the same file twice is no error. */
export function upload(portal: Portal, file: string, sha256: string, sizeBytes: number): Promise<void> {
  return sendFile(portal, { path: `/api/v1/artifacts/${sha256}`, file, sizeBytes });
}

export interface Submission {
  readonly project: string;
  readonly policy: string;
  readonly artifact: { readonly sha256: string; readonly name: string };
  readonly bundle?: unknown;
  readonly parameters?: ParameterValues;
}

const submittedSchema = z.looseObject({ id: z.string(), url: z.string() });

/** Asks for a signature; the same request again gives the same id. */
export async function submit(
  portal: Portal,
  submission: Submission,
  idempotencyKey: string | null,
): Promise<{ readonly id: string; readonly url: string }> {
  const response = await call(portal, '/api/v1/requests', {
    method: 'POST',
    body: JSON.stringify(submission),
    headers: {
      'content-type': 'application/json',
      ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
    },
  });
  return readAnswer(response, submittedSchema);
}

const requestPath = (id: string): string => `/api/v1/requests/${encodeURIComponent(id)}`;

export async function readRequest(portal: Portal, id: string): Promise<RequestView> {
  return readAnswer(await call(portal, requestPath(id)), requestSchema);
}

export async function approvalStatement(
  portal: Portal,
  id: string,
  decision: 'approve' | 'deny',
): Promise<string> {
  return bodyOf(await call(portal, `${requestPath(id)}/approval-statement?decision=${decision}`));
}

export async function handIn(
  portal: Portal,
  id: string,
  statement: string,
  signature: string,
): Promise<void> {
  await call(portal, `${requestPath(id)}/approvals`, {
    method: 'POST',
    body: JSON.stringify({ statement, signature }),
    headers: { 'content-type': 'application/json' },
  });
}

export async function handInStop(portal: Portal, statement: string, signature: string): Promise<void> {
  await call(portal, '/api/v1/emergency-stops', {
    method: 'POST',
    body: JSON.stringify({ statement, signature }),
    headers: { 'content-type': 'application/json' },
  });
}

const stopsSchema = z.looseObject({
  stops: z.array(
    z.looseObject({
      digest: z.string(),
      project: z.string().nullable(),
      reason: z.string(),
      at: z.string(),
      givenOn: z.string().nullable(),
      confirmed: z.array(z.looseObject({ signer: z.string(), at: z.string() })),
      awaited: z.array(z.string()),
    }),
  ),
  signers: z.array(z.looseObject({ name: z.string(), seenAt: z.string(), works: z.boolean() })),
});
export type StopsView = z.infer<typeof stopsSchema>;

/** What is stopped, and which signers have confirmed it. */
export async function readStops(portal: Portal): Promise<StopsView> {
  return readAnswer(await call({ ...portal, token: null }, '/api/v1/emergency-stops'), stopsSchema);
}

const listedTokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  fingerprint: z.string(),
  state: z.enum(['active', 'maker-left', 'expired', 'revoked']),
  policies: z.array(z.string()),
  madeBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  lastUsedAt: z.string().nullable(),
  lastUsedFrom: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
const createdTokenSchema = z.object({
  id: z.string(),
  token: z.string(),
  name: z.string(),
  expiresAt: z.string(),
});
const tokenCommandSchema = z.object({
  tokens: z.array(listedTokenSchema).optional(),
  created: createdTokenSchema.optional(),
  revoked: z.object({ name: z.string() }).optional(),
});
export type ListedTokenView = z.infer<typeof listedTokenSchema>;
export type CreatedTokenView = z.infer<typeof createdTokenSchema>;

export async function sendTokenCommand(
  portal: Portal,
  statement: string,
  signature: string,
): Promise<z.infer<typeof tokenCommandSchema>> {
  // The signature says who asks; a token that happens to be set has no say here, and may be the very one to revoke.
  const response = await call({ ...portal, token: null }, '/api/v1/token-commands', {
    method: 'POST',
    body: JSON.stringify({ statement, signature }),
    headers: { 'content-type': 'application/json' },
  });
  return readAnswer(response, tokenCommandSchema);
}

/** The released artifact as a stream of bytes. The portal refuses a revoked one unless `despite` says that it is known. */
export async function download(
  portal: Portal,
  id: string,
  { despite }: { readonly despite: boolean },
): Promise<Readable> {
  const response = await call(portal, `${requestPath(id)}/artifact${despite ? '?despite=revoked' : ''}`);
  if (response.body === null) throw new CliError('REFUSED', 'the portal sent no file');
  return Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
}

/** Why a request was refused: the failed findings of the newest walk through the steps, as far as the answer shows them. */
export function reasonsOf(view: RequestView): readonly FindingView[] {
  return newestSteps(view).flatMap((step) => step.findings.filter((finding) => finding.outcome === 'fail'));
}

function newestSteps(view: RequestView) {
  return view.trace.passes.toSorted((a, b) => b.number - a.number)[0]?.steps ?? [];
}

const stepPageSchema = z.looseObject({ findings: z.array(findingSchema), next: z.string().nullable() });

/** The same, `max` of them at most, and how many there are; asks for as many pages as that takes, and no more. */
export async function readReasons(
  portal: Portal,
  view: RequestView,
  max: number,
): Promise<{ readonly reasons: readonly FindingView[]; readonly total: number }> {
  const pass = view.trace.passes.toSorted((a, b) => b.number - a.number)[0]?.number ?? 1;
  const reasons: FindingView[] = [];
  let total = 0;
  for (const { step, counts, findings } of newestSteps(view)) {
    const shown = findings.filter((finding) => finding.outcome === 'fail');
    const failed = counts?.fail ?? shown.length;
    total += failed;
    const wanted = Math.min(failed, max - reasons.length);
    if (wanted <= shown.length) reasons.push(...shown.slice(0, wanted));
    else
      reasons.push(
        ...(await readFailures(
          portal,
          `${requestPath(view.id)}/steps/${pass}/${encodeURIComponent(step)}`,
          wanted,
        )),
      );
  }
  return { reasons, total };
}

/** Failures come first, so the first page without one is the last that matters. */
async function readFailures(portal: Portal, path: string, wanted: number): Promise<readonly FindingView[]> {
  const found: FindingView[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(Math.min(100, wanted - found.length)) });
    if (after !== null) query.set('after', after);
    const page = await readAnswer(await call(portal, `${path}?${query.toString()}`), stepPageSchema);
    const failed = page.findings.filter((finding) => finding.outcome === 'fail');
    found.push(...failed);
    after = failed.length === page.findings.length && failed.length > 0 ? page.next : null;
  } while (after !== null && found.length < wanted);
  return found.slice(0, wanted);
}
