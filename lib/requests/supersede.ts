/** A newer build takes the place of older ones that still wait: of the same project, policy and ref, and of no others. */
import { parseRequestId } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { recordCancellation } from './cancel.ts';
import { RequestsError } from './error.ts';

/** More never wait for one ref; what is beyond stays, and can be cancelled. */
const supersededMax = 50;

/** What the caller's identity token says that it was built from; null: no build calls. */
export function sourceRefOf({ actor }: Pick<Context, 'actor'>): string | null {
  if (actor.kind !== 'build') return null;
  const { ref_type: type = '', ref = '' } = actor.verified.token.claims;
  return ref === '' ? null : `${actor.provider} ${type} ${ref}`.slice(0, 600);
}

/** Rejects where the caller's ref isn't known: another ref's request is another's release. */
export function checkSupersedes(ctx: Pick<Context, 'actor'>): void {
  if (sourceRefOf(ctx) !== null) return;
  throw new RequestsError({
    code: 'SOURCE_REF_UNKNOWN',
    message:
      'Which requests are older ones of the same branch or tag isn’t known: an API token says nothing of a ref.',
    fix: 'Submit with the identity token of the build, or leave `supersedes` out and cancel what isn’t wanted any more.',
  });
}

/** In the transaction that makes the newer request, after its row. */
export async function supersedeOlder(
  transaction: Transaction,
  ctx: Context,
  newer: { readonly id: RequestId; readonly project: string; readonly policy: string },
): Promise<void> {
  const ref = sourceRefOf(ctx);
  if (ref === null) return;
  const rows = await transaction.$queryRaw<readonly { readonly id: string }[]>`
    SELECT request.id::text AS id
      FROM portal.signing_request AS request
      LEFT JOIN signer.request_state AS state ON state.request_id = request.id
     WHERE request.project_slug = ${newer.project} AND request.policy_slug = ${newer.policy}
       AND request.source_ref = ${ref} AND request.id <> ${newer.id}::uuid
       AND coalesce(state.status, 'received') IN ('received', 'checking', 'waiting-for-approval')
       AND NOT EXISTS (SELECT FROM portal.cancellation AS cancelled WHERE cancelled.request_id = request.id)
     ORDER BY request.submitted_at DESC
     LIMIT ${supersededMax}`;
  for (const { id } of rows) {
    await recordCancellation(transaction, ctx, {
      id: parseRequestId(id),
      reason: `A newer build of the same ref was submitted: request ${newer.id}.`,
      supersededBy: newer.id,
    });
  }
}
