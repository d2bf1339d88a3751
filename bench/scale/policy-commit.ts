/**
 * A commit of the policy while requests wait for people: how long until all are compared with it, which ones get another pass, and how many
 * of those a request that comes in meanwhile has before it.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { openTurns, type TurnsPolicy } from '../../signer/daemon/turns/index.ts';
import { openDatabase, type Database } from '../../signer/ground/database/index.ts';
import { ms, timed, withDatabase } from './stand.ts';

const projects = 50;
const arriving = 10;
const before = 'a'.repeat(40);
const after = 'b'.repeat(40);

const digestOf = (project: string): string => `digest of ${project}`;

async function fill(owner: pg.Client, waiting: number): Promise<void> {
  await owner.query(
    `INSERT INTO signer.accepted_snapshot (commit, signers, accepted_at) VALUES ($1, '{}', now() - interval '1 day')`,
    [before],
  );
  await insert(owner, waiting);
  await owner.query('TRUNCATE portal.arrival');
  await owner.query(
    `INSERT INTO signer.request_state (request_id, status, step, pass, policy_commit, policy_digest, summary, retries, decisions_counted, updated_at)
     SELECT id, 'waiting-for-approval', 'approval', 1, $1, 'digest of ' || project_slug, 'waits', 0, 0, now() - interval '1 hour'
       FROM portal.signing_request`,
    [before],
  );
  await owner.query(
    `INSERT INTO signer.open_request (request_id, claimed_project, project, seen_at, waiting, due_at)
     SELECT id, project_slug, project_slug, now(), true, now() - interval '1 hour' FROM portal.signing_request`,
  );
  await owner.query(
    `INSERT INTO signer.accepted_snapshot (commit, signers, accepted_at) VALUES ($1, '{}', now())`,
    [after],
  );
  await owner.query('VACUUM ANALYZE');
}

const insert = (owner: pg.Client, requests: number): Promise<unknown> =>
  owner.query(
    `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
       artifact_size_bytes, idempotency_key, submitted_by, submitted_at)
     SELECT gen_random_uuid(), 'project-' || (i % $2), 'release', repeat('ab', 32), 'a.tgz', 1, gen_random_uuid(), 'bench', now()
       FROM generate_series(1, $1) AS i`,
    [requests, projects],
  );

/** `changed`: for which projects something that decides is another one in the new commit. */
const cases: readonly (readonly [title: string, changed: (project: string) => boolean])[] = [
  ['a tagline', () => false],
  ['one project', (project) => project === 'project-0'],
  ['every project', () => true],
];

export async function policyCommit(sizes: readonly number[]): Promise<void> {
  for (const waiting of sizes)
    for (const [title, changed] of cases)
      await withDatabase(async ({ owner, urls }) => {
        await fill(owner, waiting);
        const database = openDatabase(urls.signer, (error) => {
          throw error;
        });
        try {
          await measure({ owner, database, waiting, title, changed });
        } finally {
          await database.close();
        }
      });
}

async function measure({
  owner,
  database,
  waiting,
  title,
  changed,
}: {
  readonly owner: pg.Client;
  readonly database: Database;
  readonly waiting: number;
  readonly title: string;
  readonly changed: (project: string) => boolean;
}): Promise<void> {
  const known = { has: (slug: string) => slug.startsWith('project-') };
  const policy: TurnsPolicy = {
    commit: after,
    decides: (project) => (changed(project) ? 'another digest' : digestOf(project)),
  };
  const turns = openTurns({
    database,
    signer: `bench-${randomUUID()}`,
    rule: { perProjectMax: 4, workSecondsMax: 1800, workHalfLifeSeconds: 1800 },
    leaseSeconds: 60,
    projects: () => known,
    policy: () => policy,
    now: () => new Date(),
  });
  const nothing = await timed(20, () => database.query('SELECT 1'));
  const looks: number[] = [];
  for (let left = await uncompared(owner), last = -1; left !== last;) {
    looks.push((await timed(1, () => turns.find())).p50);
    [last, left] = [left, await uncompared(owner)];
  }
  await insert(owner, arriving);
  await turns.find();
  // One place of the signer: passes are nothing but their turns, which is what is measured.
  let [taken, firstNew, lastNew, news] = [0, 0, 0, 0];
  const start = performance.now();
  for (let turn = await turns.take(); turn !== null; turn = await turns.take()) {
    taken += 1;
    const { rows } = await owner.query('SELECT 1 FROM signer.request_state WHERE request_id = $1', [
      turn.requestId,
    ]);
    if (rows.length === 0) {
      news += 1;
      firstNew ||= taken;
      lastNew = taken;
    }
    await owner.query(
      `INSERT INTO signer.request_state (request_id, status, step, pass, policy_commit, policy_digest, summary, retries, decisions_counted, updated_at)
       VALUES ($1, 'waiting-for-approval', 'approval', 2, $2, 'another digest', 'waits', 0, 0, now())
       ON CONFLICT (request_id) DO UPDATE SET policy_commit = excluded.policy_commit, policy_digest = excluded.policy_digest`,
      [turn.requestId, after],
    );
    await turn.giveBack({ kind: 'ended' });
  }
  const each = (performance.now() - start) / Math.max(taken, 1);
  if (news !== arriving) throw new Error(`${news} of ${arriving} new requests were taken`);
  console.log(
    `policy commit, ${waiting} waiting, it changes ${title}: SELECT 1 ${ms(nothing.p50)}; compared in ${looks.length} looks of at most ${ms(Math.max(...looks))}; ${taken - news} get another pass; of ${arriving} new ones, in after it, the first is turn ${firstNew} and the last turn ${lastNew}; a turn ${ms(each)}`,
  );
}

/** Waiting requests that aren't known to go by the new commit. */
async function uncompared(owner: pg.Client): Promise<number> {
  const { rows } = await owner.query<{ count: string }>(
    'SELECT count(*) AS count FROM signer.open_request WHERE waiting AND policy_seen IS DISTINCT FROM $1',
    [after],
  );
  return Number(rows[0]?.count);
}
