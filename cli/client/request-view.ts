/** A signing request as the portal tells it, and why it was refused. */
import * as z from 'zod/mini';
import { callPortal, readAnswer, type Portal } from './portal.ts';
import type { Going } from './patience.ts';
import { findingSchema, type FindingView } from './problem-view.ts';
import { idSchema, stateSchema } from './words.ts';

const passSchema = z.looseObject({
  number: z.number(),
  steps: z.array(
    z.looseObject({
      step: z.string(),
      state: z.string(),
      counts: z.optional(z.looseObject({ fail: z.number() })),
      findings: z.array(findingSchema),
    }),
  ),
});
const standingSchema = z.looseObject({
  state: z.string(),
  refused: z.boolean(),
  publisher: z.nullish(z.string()),
  revocation: z.nullable(z.looseObject({ effectiveAt: z.string(), url: z.string() })),
});
const releaseSchema = z.looseObject({
  name: z.string(),
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  sizeBytes: z.int().check(z.nonnegative()),
});
export const requestSchema = z.looseObject({
  id: idSchema,
  status: stateSchema,
  /** How it ended. Null: it hasn't; portals of before don't say. */
  outcome: z.nullish(stateSchema),
  summary: z.nullable(z.string()),
  artifact: z.optional(z.looseObject({ name: z.string() })),
  standing: z.nullish(standingSchema),
  release: z.nullish(releaseSchema),
  /** Portals of before don't say. */
  removedFiles: z.optional(
    z.array(z.looseObject({ file: z.string(), rule: z.string(), days: z.number(), removedAt: z.string() })),
  ),
  trace: z.object({ passes: z.array(passSchema) }),
});
export type RequestView = z.infer<typeof requestSchema>;

export const requestPath = (id: string): string => `/api/v1/requests/${encodeURIComponent(id)}`;

export async function readRequest(portal: Portal, id: string, going: Going = {}): Promise<RequestView> {
  const incoming = await callPortal(portal, requestPath(id), { method: 'GET', identity: 'if-there' }, going);
  return readAnswer(incoming, requestSchema);
}

/** What a request doesn't leave again. */
const finalStates: ReadonlySet<string> = new Set(['completed', 'denied', 'failed']);
/** How it stands in a word: how it ended, where that is known. */
export function stateOf({
  status,
  outcome,
}: {
  readonly status: string;
  readonly outcome?: string | null | undefined;
}): string {
  return outcome === 'cancelled' || outcome === 'superseded' ? outcome : status;
}

export const isFinal = ({ status }: RequestView): boolean => finalStates.has(status);

/** Why a request was refused: the failed findings of the newest walk through the steps, as far as the answer shows them. */
export function reasonsOf(view: RequestView): readonly FindingView[] {
  return newestSteps(view).flatMap((step) => step.findings.filter((finding) => finding.outcome === 'fail'));
}

function newestSteps(view: RequestView) {
  return view.trace.passes.toSorted((a, b) => b.number - a.number)[0]?.steps ?? [];
}

const stepPageSchema = z.looseObject({ findings: z.array(findingSchema), next: z.nullable(z.string()) });

export interface Reasons {
  readonly reasons: readonly FindingView[];
  /** How many there are; `reasons` may be fewer. */
  readonly total: number;
}

/** Steps that claim more reasons than they show, and have none when they are asked. */
const inVainMax = 3;

/** The same, `max` of them at most; asks for as many pages as that takes, and no more. */
export async function readReasons(
  portal: Portal,
  view: RequestView,
  max: number,
  going: Going = {},
): Promise<Reasons> {
  const pass = view.trace.passes.toSorted((a, b) => b.number - a.number)[0]?.number ?? 1;
  const reasons: FindingView[] = [];
  let total = 0;
  let inVain = 0;
  for (const { step, counts, findings } of newestSteps(view)) {
    const shown = findings.filter((finding) => finding.outcome === 'fail');
    const failed = counts?.fail ?? shown.length;
    total += failed;
    const wanted = Math.min(failed, max - reasons.length);
    const path = `${requestPath(view.id)}/steps/${pass}/${encodeURIComponent(step)}`;
    const some =
      wanted <= shown.length || inVain >= inVainMax
        ? shown.slice(0, wanted)
        : await failures(portal, { path, wanted }, going);
    if (wanted > shown.length && some.length <= shown.length) inVain += 1;
    reasons.push(...some);
  }
  return { reasons, total };
}

/** Failures come first, so the first page without one is the last that matters. */
async function failures(
  portal: Portal,
  { path, wanted }: { readonly path: string; readonly wanted: number },
  going: Going,
): Promise<readonly FindingView[]> {
  const found: FindingView[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(Math.min(100, wanted - found.length)) });
    if (after !== null) query.set('after', after);
    const call = { method: 'GET' as const, identity: 'if-there' as const };
    const page: z.infer<typeof stepPageSchema> = await readAnswer(
      await callPortal(portal, `${path}?${query.toString()}`, call, going),
      stepPageSchema,
    );
    const failed = page.findings.filter((finding) => finding.outcome === 'fail');
    found.push(...failed);
    after = failed.length === page.findings.length && failed.length > 0 ? page.next : null;
  } while (after !== null && found.length < wanted);
  return found.slice(0, wanted);
}
