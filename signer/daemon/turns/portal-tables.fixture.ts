/** What a portal writes, honest or not, and what a pass leaves behind. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../../ground/database/index.ts';
import { saveState, type RequestState } from '../requests/index.ts';

export class PortalTables {
  readonly client: pg.Client;

  private constructor(client: pg.Client) {
    this.client = client;
  }

  static async open(url: string): Promise<PortalTables> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined); // its session is ended on purpose
    await client.connect();
    return new PortalTables(client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  async request(
    project = 'alpha',
    { id = randomUUID(), submittedAt = new Date() }: { id?: string; submittedAt?: Date | string } = {},
  ): Promise<RequestId> {
    await this.requests(project, 1, { id, submittedAt });
    return id as RequestId;
  }

  /** Many at once; ids at random but for a single one. */
  async requests(
    project: string,
    count: number,
    { id, submittedAt = new Date() }: { id?: string; submittedAt?: Date | string } = {},
  ): Promise<readonly RequestId[]> {
    const { rows } = await this.client.query<{ id: RequestId }>(
      `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
         artifact_size_bytes, idempotency_key, submitted_by, submitted_at)
       SELECT coalesce($3::uuid, gen_random_uuid()), $1, 'release', repeat('ab', 32), 'a.tgz', 1, gen_random_uuid(), 'test',
              $4::timestamptz
         FROM generate_series(1, $2) RETURNING id`,
      [project, count, id ?? null, submittedAt],
    );
    return rows.map((row) => row.id);
  }

  async cancel(id: RequestId): Promise<void> {
    await this.client.query(
      `INSERT INTO portal.cancellation (request_id, reason, cancelled_by, cancelled_at) VALUES ($1, 'x', 'test', now())`,
      [id],
    );
  }

  async handIn(id: RequestId, { count = 1, submittedAt = new Date() } = {}): Promise<void> {
    await this.client.query(
      `INSERT INTO portal.approval_submission (id, request_id, statement, signature, submitted_by, submitted_at)
       SELECT gen_random_uuid(), $1, 'yes', 'signature', 'test', $2 FROM generate_series(1, $3)`,
      [id, submittedAt, count],
    );
  }
}

const waits: RequestState = {
  status: 'waiting-for-approval',
  step: 'approval',
  pass: 1,
  policyCommit: null,
  sourceCommit: null,
  summary: 'waits',
  retryAt: null,
  retries: 0,
  decisionsCounted: 0,
};

/** The state that a pass ended with: waiting for an approval, unless said. */
export async function endPass(
  database: Database,
  id: RequestId,
  change: Partial<RequestState> = {},
  at = new Date(),
): Promise<void> {
  await database.transaction((transaction) => saveState(transaction, id, { ...waits, ...change }, at));
}

/** That the signer has read everything that was handed in for a request. */
export async function markRead(
  database: Database,
  id: RequestId,
  { rowsRead = null as number | null } = {},
): Promise<void> {
  await database.query(
    `INSERT INTO signer.approval_reading (request_id, keys_sha256, position, rows_read)
     SELECT $1, '', coalesce(max(seq), 0), coalesce($2, count(*)) FROM portal.approval_submission WHERE request_id = $1
     ON CONFLICT (request_id) DO UPDATE SET position = excluded.position, rows_read = excluded.rows_read`,
    [id, rowsRead],
  );
}
