/** A newer build takes the place of older ones that still wait: of the same project, policy and ref, and of no others. */
import { parseRequestId } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { parseSubmitter } from '#core/wire/submitter/index.ts';
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

interface Newer {
  readonly id: RequestId;
  readonly project: string;
  readonly policy: string;
  readonly artifact: { readonly name: string };
}

/** In the transaction that makes the newer request, after its row. */
export async function supersedeOlder(transaction: Transaction, ctx: Context, newer: Newer): Promise<void> {
  const ref = sourceRefOf(ctx);
  if (ref === null) return;
  // Of two at once the later one finds the other's row.
  const turn = `countersign:supersede:${newer.project}/${newer.policy} ${ref}`;
  await transaction.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${turn}, 0)) IS NULL`;
  const rows = await transaction.$queryRaw<readonly Waiting[]>`
    SELECT request.id::text AS id, request.submitted_by, request.artifact_name
      FROM portal.signing_request AS request
      LEFT JOIN signer.request_state AS state ON state.request_id = request.id
     WHERE request.project_slug = ${newer.project} AND request.policy_slug = ${newer.policy}
       AND request.source_ref = ${ref} AND request.id <> ${newer.id}::uuid
       AND coalesce(state.status, 'received') IN ('received', 'checking', 'waiting-for-approval')
       AND NOT EXISTS (SELECT FROM portal.cancellation AS cancelled WHERE cancelled.request_id = request.id)
     ORDER BY request.submitted_at DESC
     LIMIT ${supersededMax}`;
  for (const row of rows) {
    if (!isOlder(row, ctx, newer)) continue;
    await recordCancellation(transaction, ctx, {
      id: parseRequestId(row.id),
      reason: `A newer build of the same ref was submitted: request ${newer.id}.`,
      supersededBy: newer.id,
    });
  }
}

interface Waiting {
  readonly id: string;
  readonly submitted_by: string;
  readonly artifact_name: string;
}

/**
 * By the run's number, which hosts count upwards: the run of an older commit may be repeated, or come late. One run may submit
 * several files; of its own, only the same file of an earlier attempt is older.
 */
function isOlder(
  { submitted_by: submittedBy, artifact_name: name }: Waiting,
  { actor }: Pick<Context, 'actor'>,
  { artifact }: Newer,
): boolean {
  const other = parseSubmitter(submittedBy);
  if (actor.kind !== 'build' || other?.kind !== 'build') return false;
  if (other.provider !== actor.provider || other.repositoryId !== actor.repositoryId) return false;
  const [run, ownRun] = [BigInt(other.run), BigInt(actor.run)];
  if (run !== ownRun) return run < ownRun;
  return BigInt(other.attempt) < BigInt(actor.attempt) && name === artifact.name;
}
