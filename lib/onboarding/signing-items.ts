/** The two last steps: a first test signature and a first release, as far as requests have come. */
import { z } from 'zod';
import type { ProjectSnapshot } from '#core/policy/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { requestStatusSchema } from '../requests/index.ts';
import type { ChecklistItem } from './checklist-item.ts';

export type Purpose = 'test' | 'release';

export interface LastRequest {
  readonly id: string;
  readonly status: z.infer<typeof requestStatusSchema>;
  readonly summary: string | null;
}

export interface SigningProgress {
  /** Something was signed and verified. */
  readonly done: boolean;
  /** null: nothing was ever submitted. */
  readonly last: LastRequest | null;
}

export type SigningProgressByPurpose = Readonly<Record<Purpose, SigningProgress>>;

const nothing: SigningProgress = { done: false, last: null };
const lastSchema = z.object({
  id: z.string(),
  status: requestStatusSchema,
  summary: z.string().nullable(),
  done: z.boolean(),
});

/** The outcome of the requests under the project's current policies. */
export async function readSigningProgress(
  ctx: Pick<Context, 'db'>,
  slug: string,
  project: ProjectSnapshot | null,
): Promise<SigningProgressByPurpose> {
  const progressOf = async (purpose: Purpose): Promise<SigningProgress> => {
    const policies = [...(project?.policies ?? [])].flatMap(([name, { value }]) =>
      value.purpose === purpose ? [name] : [],
    );
    if (policies.length === 0) return nothing;
    const rows = await ctx.db.$queryRaw<unknown[]>`
      SELECT request.id::text, coalesce(state.status, 'received') AS status, state.summary,
             EXISTS (SELECT 1
                       FROM portal.signing_request AS other
                       JOIN signer.request_state AS signed ON signed.request_id = other.id
                      WHERE other.project_slug = ${slug} AND other.policy_slug = ANY(${policies})
                        AND signed.status = 'completed') AS done
        FROM portal.signing_request AS request
        LEFT JOIN signer.request_state AS state ON state.request_id = request.id
       WHERE request.project_slug = ${slug} AND request.policy_slug = ANY(${policies})
       ORDER BY request.submitted_at DESC, request.id DESC
       LIMIT 1`;
    const [row] = z.array(lastSchema).parse(rows);
    if (row === undefined) return nothing;
    const { done, ...last } = row;
    return { done, last };
  };
  return { test: await progressOf('test'), release: await progressOf('release') };
}

export function signingItem(
  purpose: Purpose,
  progress: SigningProgressByPurpose,
  project: ProjectSnapshot | null,
  own: ReadonlySet<string>,
): ChecklistItem {
  const { done, last } = progress[purpose];
  const known = [...(project?.policies.values() ?? [])].some((policy) => policy.value.purpose === purpose);
  const item = {
    name: purpose === 'test' ? 'test-signing' : 'release-signing',
    title: purpose === 'test' ? 'First test signing' : 'First release',
    href: last === null ? null : `/requests/${last.id}`,
    at: null,
  } as const;
  if (done) return { ...item, state: 'done', detail: 'Signed, and verified by the signer.' };
  if (last !== null) return { ...item, ...describeLast(last) };
  if (project !== null && !known)
    return { ...item, state: 'waiting', detail: 'The project has no policy for it yet.' };
  return project !== null && own.has(purpose)
    ? { ...item, state: 'to-do', detail: 'Nothing has been submitted yet.' }
    : { ...item, state: 'waiting', detail: 'Once policy and certificate are there.' };
}

/** What the signer says of the newest request. */
function describeLast({ status, summary }: LastRequest): Pick<ChecklistItem, 'state' | 'detail'> {
  const summaryText = summary === null || summary === '' ? '' : `: ${summary}`;
  switch (status) {
    case 'denied':
      return {
        state: 'to-do',
        detail: `The last request was refused${summaryText}. Its page says how to fix it.`,
      };
    case 'failed':
      return { state: 'to-do', detail: `The last request failed${summaryText}. Submit the file again.` };
    case 'waiting-for-approval':
      return { state: 'to-do', detail: 'A request waits for its approval: open it, and sign as it says.' };
    default:
      return { state: 'waiting', detail: 'A request is being worked on: load this page again.' };
  }
}
