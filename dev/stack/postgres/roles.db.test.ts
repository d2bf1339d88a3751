import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/index.ts';

type Role = 'owner' | 'portal' | 'signer';

let database: Awaited<ReturnType<typeof testDatabase>>;
const clients = new Map<Role, Client>();

beforeAll(async () => {
  database = await testDatabase();
  for (const role of ['owner', 'portal', 'signer'] as const) {
    const client = new Client({ connectionString: database[role] });
    await client.connect();
    clients.set(role, client);
  }
  await as(
    'signer',
    `INSERT INTO signer.journal (seq, at, kind, body, previous_hash, entry_hash)
     VALUES (1, now(), 'started', '{}', repeat('0', 64), repeat('1', 64))`,
  );
});

afterAll(async () => {
  for (const client of clients.values()) await client.end();
  await database.release();
});

async function as(role: Role, sql: string): Promise<unknown> {
  return clients.get(role)?.query(sql);
}

const insertRequest = `INSERT INTO portal.signing_request
  (id, project_slug, policy_slug, artifact_sha256, artifact_name, artifact_size_bytes, idempotency_key, submitted_by)
  VALUES (gen_random_uuid(), 'widget', 'release-signing', repeat('a', 64), 'widget.zip', 1, gen_random_uuid(), 'ci')`;

const insufficientPrivilege = { code: '42501' };

describe('the portal’s role', () => {
  it.each([
    'journal',
    'request_state',
    'signature',
    'release',
    'accepted_snapshot',
    'component_health',
    'approval_reading',
    'approval_decision',
  ])('reads signer.%s and can’t write it in any way', async (table) => {
    await expect(as('portal', `SELECT * FROM signer.${table}`)).resolves.toBeDefined();
    await expect(as('portal', `INSERT INTO signer.${table} DEFAULT VALUES`)).rejects.toMatchObject(
      insufficientPrivilege,
    );
    await expect(as('portal', `DELETE FROM signer.${table}`)).rejects.toMatchObject(insufficientPrivilege);
    await expect(as('portal', `TRUNCATE signer.${table}`)).rejects.toMatchObject(insufficientPrivilege);
    await expect(as('portal', `DROP TABLE signer.${table}`)).rejects.toMatchObject(insufficientPrivilege);
    await expect(as('portal', `ALTER TABLE signer.${table} DISABLE TRIGGER ALL`)).rejects.toMatchObject(
      insufficientPrivilege,
    );
  });

  it('can’t change a row of the signer', async () => {
    await expect(as('portal', `UPDATE signer.journal SET body = 'x'`)).rejects.toMatchObject(
      insufficientPrivilege,
    );
    await expect(as('portal', `UPDATE signer.request_state SET status = 'completed'`)).rejects.toMatchObject(
      insufficientPrivilege,
    );
  });

  it('can’t become another role', async () => {
    await expect(as('portal', 'SET ROLE countersign_signer')).rejects.toMatchObject(insufficientPrivilege);
    await expect(as('portal', 'SET ROLE countersign_owner')).rejects.toMatchObject(insufficientPrivilege);
  });

  it('adds requests and never changes or removes one', async () => {
    await as('portal', insertRequest);
    await expect(
      as('portal', `UPDATE portal.signing_request SET artifact_sha256 = 'b'`),
    ).rejects.toMatchObject(insufficientPrivilege);
    await expect(as('portal', 'DELETE FROM portal.signing_request')).rejects.toMatchObject(
      insufficientPrivilege,
    );
  });

  it('hands approvals in and never chooses their place in the order', async () => {
    const values = `SELECT gen_random_uuid(), id, 'yes', 'signature', 'test'`;
    const into = 'INSERT INTO portal.approval_submission (id, request_id, statement, signature, submitted_by';
    const from = 'FROM portal.signing_request LIMIT 1';
    await as('portal', `${into}) ${values} ${from}`);
    for (const overriding of ['', 'OVERRIDING SYSTEM VALUE ']) {
      const sql = `${into}, seq) ${overriding}${values}, 1 ${from}`;
      await expect(as('portal', sql)).rejects.toMatchObject(insufficientPrivilege);
    }
    const sequence = `pg_get_serial_sequence('portal.approval_submission', 'seq')`;
    await expect(as('portal', `SELECT setval(${sequence}, 1)`)).rejects.toMatchObject(insufficientPrivilege);
    for (const sql of [
      'UPDATE portal.approval_submission SET seq = 1',
      'DELETE FROM portal.approval_submission',
    ])
      await expect(as('portal', sql)).rejects.toMatchObject(insufficientPrivilege);
  });

  it('adds audit events and never rewrites them', async () => {
    await as(
      'portal',
      `INSERT INTO portal.audit_event (actor, action, subject, detail) VALUES ('a', 'b', 'c', '{}')`,
    );
    await expect(as('portal', 'DELETE FROM portal.audit_event')).rejects.toMatchObject(insufficientPrivilege);
    await expect(as('portal', `UPDATE portal.audit_event SET actor = 'x'`)).rejects.toMatchObject(
      insufficientPrivilege,
    );
  });
});

describe('the signer’s role', () => {
  it('can’t write what the portal says', async () => {
    await expect(as('signer', insertRequest)).rejects.toMatchObject(insufficientPrivilege);
    await expect(as('signer', 'SELECT * FROM portal.signing_request')).resolves.toBeDefined();
  });

  it('can’t read API tokens', async () => {
    await expect(as('signer', 'SELECT * FROM portal.api_token')).rejects.toMatchObject(insufficientPrivilege);
  });

  it('can’t rewrite its own journal', async () => {
    await expect(as('signer', `UPDATE signer.journal SET body = 'x'`)).rejects.toMatchObject(
      insufficientPrivilege,
    );
    await expect(as('signer', 'DELETE FROM signer.journal')).rejects.toMatchObject(insufficientPrivilege);
  });
});

describe('the queue', () => {
  const job = (data: string) =>
    as(
      'portal',
      `INSERT INTO pgboss.job (name, data) VALUES ('signing', jsonb_build_object('requestId', ${data}))`,
    );

  it('takes jobs of the portal, but none that the signer could not read in', async () => {
    await expect(job("'an id'")).resolves.toBeDefined();
    await expect(job("repeat('x', 100000)")).rejects.toThrow('countersign_small_job');
  });
});

describe('the journal', () => {
  it.each([`UPDATE signer.journal SET body = 'x'`, 'DELETE FROM signer.journal', 'TRUNCATE signer.journal'])(
    'refuses "%s" even from its owner',
    async (sql) => {
      await expect(as('owner', sql)).rejects.toThrow('this table can only grow');
    },
  );
});
