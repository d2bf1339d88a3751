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
    'signer_health',
    'policy_following',
    'presence',
    'open_request',
    'approval_reading',
    'approval_decision',
    'timestamp_token',
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

  it('submits approvals and never chooses their place in the order', async () => {
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

describe('the signer’s objects', () => {
  /** Every table of the signer, of its queue, and those of the portal that it reads. */
  async function tables(): Promise<readonly string[]> {
    const { rows } = (await as(
      'owner',
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname IN ('signer', 'pgboss')
           OR (schemaname = 'portal' AND has_table_privilege('countersign_signer', format('%I.%I', schemaname, tablename), 'SELECT'))`,
    )) as { rows: { name: string }[] };
    return rows.map(({ name }) => name);
  }
  const modes = [
    ...['ROW SHARE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE'],
    'ACCESS EXCLUSIVE',
  ];

  it('can’t be locked by the portal’s role against reading or writing, neither a table nor a row', async () => {
    const all = await tables();
    expect(all).toEqual(
      expect.arrayContaining([
        'signer.open_request',
        'portal.signing_request',
        'pgboss.queue',
        'pgboss.job_common',
      ]),
    );
    for (const table of all) {
      // Where it may insert it may also announce that (ROW SHARE, ROW EXCLUSIVE), which keeps nobody from anything.
      const mayInsert = /^portal\.|^pgboss\.job(_common)?$/.test(table);
      for (const mode of mayInsert ? modes.slice(1) : modes) {
        const lock = as('portal', `LOCK TABLE ${table} IN ${mode} MODE NOWAIT; SELECT 1`);
        await expect(lock, `${table} ${mode}`).rejects.toMatchObject(insufficientPrivilege);
      }
      // What the portal adds to an export later is read without a lock, by the program that signs exports alone.
      if (table === 'portal.audit_export') continue;
      for (const strength of ['UPDATE', 'NO KEY UPDATE', 'SHARE', 'KEY SHARE']) {
        const lock = as('portal', `SELECT 1 FROM ${table} FOR ${strength}`);
        await expect(lock, `${table} FOR ${strength}`).rejects.toMatchObject(insufficientPrivilege);
      }
    }
  });

  it('can’t be replaced or blocked by the portal’s role', async () => {
    for (const statement of [
      'ALTER TABLE portal.signing_request RENAME TO other',
      'ALTER TABLE portal.signing_request ENABLE ROW LEVEL SECURITY',
      'ALTER TABLE portal.signing_request ALTER COLUMN project_slug SET DEFAULT pg_sleep(10)::text',
      'DROP TABLE portal.approval_submission',
      'CREATE VIEW portal.other AS SELECT 1',
      'CREATE TABLE portal.other ()',
      'CREATE TABLE signer.other ()',
      'CREATE TABLE public.other ()',
      'CREATE TEMPORARY TABLE other ()',
      'CREATE SCHEMA countersign_signer',
      `CREATE FUNCTION portal."left"(text, integer) RETURNS text LANGUAGE sql AS 'SELECT $1'`,
      'CREATE RULE other AS ON SELECT TO portal.signing_request DO INSTEAD SELECT 1',
      'CREATE TRIGGER other AFTER INSERT ON portal.signing_request EXECUTE FUNCTION signer.refuse_change()',
      'CREATE INDEX ON portal.signing_request (policy_slug)',
      'VACUUM FULL portal.signing_request',
      'TRUNCATE portal.signing_request CASCADE',
      'ALTER ROLE countersign_signer NOLOGIN',
      `ALTER ROLE countersign_signer SET search_path = portal`,
      'ALTER ROLE countersign_portal CONNECTION LIMIT 10000',
      `ALTER SYSTEM SET max_connections = 1`,
      `SET temp_file_limit = -1`,
      'SELECT * FROM signer.end_obstructing_sessions(0, 0)',
    ]) {
      // VACUUM of somebody else's table only warns.
      const run = as('portal', statement);
      if (statement.startsWith('VACUUM')) await run;
      else await expect(run, statement).rejects.toThrow(/permission denied|must be owner|must have/i);
    }
    await expect(
      as('signer', 'SELECT left(project_slug, 1) FROM portal.signing_request'),
    ).resolves.toBeDefined();
  });

  it('include sessions that the portal’s role can’t end', async () => {
    const { rows } = (await as('signer', 'SELECT pg_backend_pid() AS pid')) as { rows: { pid: number }[] };
    for (const end of ['pg_terminate_backend', 'pg_cancel_backend']) {
      await expect(as('portal', `SELECT ${end}(${rows[0]?.pid})`)).rejects.toMatchObject(
        insufficientPrivilege,
      );
    }
  });

  it('include statements that the portal’s role can’t alter: pg-boss takes table names from its own tables', async () => {
    for (const statement of [
      `UPDATE pgboss.queue SET table_name = 'job_common WHERE false), x AS (DELETE FROM signer.open_request'`,
      `INSERT INTO pgboss.queue SELECT * FROM pgboss.queue`,
      `DELETE FROM pgboss.queue`,
      `UPDATE pgboss.version SET version = 0`,
      `DELETE FROM pgboss.job`,
      `UPDATE pgboss.job SET name = 'x'`,
      `INSERT INTO pgboss.schedule DEFAULT VALUES`,
      `INSERT INTO pgboss.bam (name, version, status, table_name, command) VALUES ('x', 1, 'pending', 'x', 'x')`,
    ]) {
      await expect(as('portal', statement), statement).rejects.toMatchObject(insufficientPrivilege);
    }
    await expect(as('signer', 'SELECT * FROM portal_jobs.queue')).rejects.toMatchObject(
      insufficientPrivilege,
    );
  });
});

describe('the signer’s role', () => {
  it('reads what the portal asks of it, and nothing else', async () => {
    const { rows } = (await as(
      'owner',
      `SELECT tablename FROM pg_tables WHERE schemaname = 'portal'
          AND has_table_privilege('countersign_signer', format('%I.%I', schemaname, tablename), 'SELECT') ORDER BY 1`,
    )) as { rows: { tablename: string }[] };
    expect(rows.map(({ tablename }) => tablename)).toEqual([
      ...['approval_submission', 'arrival', 'audit_export', 'cancellation', 'emergency_stop_submission'],
      ...['sample', 'signing_request'],
    ]);
  });

  it('can’t write the portal’s tables', async () => {
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

  it('accepts jobs of the portal, but none that the signer couldn’t read', async () => {
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
