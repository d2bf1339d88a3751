/**
 * Leases on requests: rows of the signer's own table with owner and expiry. A running signer renews its leases; a
 * killed one loses them. A signer that lost a lease unnoticed can't write any more: each of its transactions checks
 * the lease first.
 */
import { z } from 'zod';
import { CodedError } from '#core/error/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { Database, Transaction } from '../../ground/database/index.ts';
import { workLeft } from './take.ts';

/** Aborts what was being written: another signer has the request now, or nobody. */
export class LeaseLost extends CodedError<'LEASE_LOST'> {
  static override readonly errorName = 'LeaseLost';
  readonly requestId: RequestId;
  constructor(requestId: RequestId) {
    super('LEASE_LOST', `the lease of request ${requestId} is lost: another signer may be at work on it`, {
      context: { requestId },
    });
    this.requestId = requestId;
  }
}

/** Of a request, by this signer; each use of it makes it last for `seconds` again. */
export interface Lease {
  readonly requestId: RequestId;
  /**
   * Signer, process and a number: another one each time that a request is taken, so that work which lost it is refused even where the
   * same process has taken the request again.
   */
  readonly owner: string;
  readonly seconds: number;
}

/** Must come first in every transaction that writes about a request; signer.record_entries does the same by itself. */
export async function holdLease(
  transaction: Pick<Transaction, 'query'>,
  { requestId, owner, seconds }: Lease,
): Promise<void> {
  const { rowCount } = await transaction.query(
    `UPDATE signer.open_request SET lease_until = clock_timestamp() + make_interval(secs => $3)
      WHERE request_id = $1 AND lease_owner = $2`,
    [requestId, owner, seconds],
  );
  if (rowCount !== 1) throw new LeaseLost(requestId);
}

/** Those that are lost already stay lost. */
export async function renewLeases(database: Database, leases: readonly Lease[]): Promise<void> {
  await database.query(
    `UPDATE signer.open_request AS open SET lease_until = clock_timestamp() + make_interval(secs => held.seconds)
       FROM unnest($1::uuid[], $2::text[], $3::float8[]) AS held (request_id, owner, seconds)
      WHERE open.request_id = held.request_id AND open.lease_owner = held.owner`,
    [
      leases.map((lease) => lease.requestId),
      leases.map((lease) => lease.owner),
      leases.map((lease) => lease.seconds),
    ],
  );
}

/** Frees leases of earlier runs of this same signer. */
export async function freeLeases(database: Database, signer: string): Promise<void> {
  await database.query(
    `UPDATE signer.open_request SET lease_owner = NULL, lease_until = NULL
      WHERE lease_owner IS NOT NULL AND starts_with(lease_owner, $1)`,
    [signer],
  );
}

/**
 * How a pass ended. ended: the request's state says how to go on. interrupted: nothing could be recorded; it is
 * retried at `again`. gone: there is no such request.
 */
export type PassEnd =
  { readonly kind: 'ended' | 'gone' } | { readonly kind: 'interrupted'; readonly again: Date };

const endedRow = z.object({ ended: z.boolean() });

/**
 * Releases the lease, sets when the request is due again, and charges the project for the work → whether the request has ended: then
 * it isn't open any more.
 */
export async function giveBack(
  database: Database,
  input: {
    readonly requestId: RequestId;
    readonly project: string;
    readonly owner: string;
    readonly end: PassEnd;
    readonly now: Date;
    readonly workSeconds: number;
    readonly workHalfLifeSeconds: number;
  },
): Promise<boolean> {
  const { requestId, owner, end, now } = input;
  const [row] = await database.query(
    `WITH standing AS MATERIALIZED (
       SELECT open.request_id, state.status, state.retry_at,
              $3 OR coalesce(state.status IN ('completed', 'denied', 'failed'), false) AS ends
         FROM signer.open_request AS open LEFT JOIN signer.request_state AS state USING (request_id)
        WHERE open.request_id = $1 AND open.lease_owner = $2
     ), ended AS (
       DELETE FROM signer.open_request AS open USING standing
        WHERE open.request_id = standing.request_id AND open.lease_owner = $2 AND standing.ends
       RETURNING 1
     ), released AS (
       UPDATE signer.open_request AS open
          SET lease_owner = NULL, lease_until = NULL,
              waiting = $4 AND coalesce(standing.status = 'waiting-for-approval', false),
              due_at = coalesce(CASE WHEN $4 THEN standing.retry_at END, $5)
         FROM standing
        WHERE open.request_id = standing.request_id AND open.lease_owner = $2 AND NOT standing.ends
     ), charged AS (
       UPDATE signer.project_turn AS turn
          SET work_seconds = ${workLeft('turn', '$8')} + $7, work_at = clock_timestamp() WHERE project = $6
     )
     SELECT EXISTS (SELECT FROM ended) AS ended`,
    [
      requestId,
      owner,
      end.kind === 'gone',
      end.kind === 'ended',
      end.kind === 'interrupted' ? end.again : now,
      input.project,
      input.workSeconds,
      input.workHalfLifeSeconds,
    ],
  );
  return endedRow.parse(row).ended;
}
