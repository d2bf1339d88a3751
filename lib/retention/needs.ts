/** Who still needs a file of the artifact store. What can't be told is needed. */
import { z } from 'zod';
import type { Sha256Hex } from '#core/ids/index.ts';
import type { Database, Transaction } from '../platform/db/index.ts';
import { cutoffOf, type Rule } from './rules.ts';

/**
 * null: nobody. `good`: it is kept for good, or until another request ends or is old enough, which then is looked at by itself. `now`: by
 * something that ends without a request being looked at, so this one is looked at again.
 */
export type Need = { readonly kind: 'good' | 'now'; readonly reason: string } | null;

const dayMilliseconds = 24 * 3_600_000;

const answer = z.object({
  signed: z.boolean(),
  open: z.boolean(),
  younger: z.boolean(),
  exported: z.boolean(),
  named: z.boolean(),
  uploaded: z.boolean(),
  reported: z.boolean(),
});

/** One question, each part of it by an index and ended by the first row that it finds. */
export async function needOf(
  db: Database | Transaction,
  sha256: Sha256Hex,
  rules: readonly Rule[],
  now: Date,
): Promise<Need> {
  const cutoff = (name: Rule['name']): Date => {
    const rule = rules.find((one) => one.name === name);
    return rule === undefined ? new Date(0) : cutoffOf(rule, now);
  };
  // Of a project whose request used it already an upload takes no room, and says nothing of what it is for.
  const dayAgo = new Date(now.getTime() - dayMilliseconds);
  const rows = await db.$queryRaw<unknown[]>`
    WITH users AS (
      SELECT id, project_slug FROM portal.signing_request WHERE artifact_sha256 = ${sha256}
      UNION
      SELECT id, project_slug FROM portal.signing_request WHERE bundle_sha256 = ${sha256}
    ), ended AS (
      SELECT users.id, state.status, state.updated_at
        FROM users LEFT JOIN signer.request_state AS state ON state.request_id = users.id
    )
    SELECT EXISTS (SELECT FROM ended WHERE status = 'completed')
           OR EXISTS (SELECT FROM users JOIN signer.release ON release.request_id = users.id) AS signed,
           EXISTS (SELECT FROM ended WHERE status IS NULL OR status NOT IN ('completed', 'denied', 'failed')) AS open,
           EXISTS (SELECT FROM ended WHERE (status = 'denied' AND updated_at >= ${cutoff('denied')})
                                        OR (status = 'failed' AND updated_at >= ${cutoff('failed')})) AS younger,
           EXISTS (SELECT FROM portal.audit_export WHERE objects @> ARRAY[${sha256}]) AS exported,
           EXISTS (SELECT FROM portal.report WHERE file_sha256 = ${sha256}) AS named,
           EXISTS (SELECT FROM portal.upload WHERE sha256 = ${sha256} AND (freed_at IS NULL OR at > ${dayAgo}))
           OR EXISTS (SELECT FROM portal.sample WHERE sha256 = ${sha256}) AS uploaded,
           EXISTS (SELECT FROM portal.report JOIN users ON users.project_slug = report.project_slug
                    WHERE report.closed_at IS NULL) AS reported`;
  const needs = answer.parse(rows[0]);
  if (needs.signed) return { kind: 'good', reason: 'a release was made of it' };
  if (needs.exported) return { kind: 'good', reason: 'an audit export has it' };
  if (needs.named) return { kind: 'good', reason: 'a report names it' };
  if (needs.open) return { kind: 'good', reason: 'an open request uses it' };
  if (needs.younger) return { kind: 'good', reason: 'a request that is not old enough uses it' };
  if (needs.reported) return { kind: 'now', reason: 'a report about its project is open' };
  if (needs.uploaded) return { kind: 'now', reason: 'it was uploaded again' };
  return null;
}
