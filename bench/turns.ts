/**
 * `npm run bench:turns`: the signer's cost of choosing the next project, and of finding new requests, with 100 to
 * 100,000 requests open or at their end, of one project or of 2,000; on a PostgreSQL of its own. Each row says the ratio to
 * the smallest case of its kind; and whether PostgreSQL read a whole table for it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { prepareStackPaths, removeServiceFolder, startPostgres } from '../dev/stack/index.ts';
import { migrateDatabase } from '../scripts/database/migrate.ts';
import { openDatabase } from '../signer/ground/database/index.ts';
import { openTurns } from '../signer/daemon/turns/index.ts';

const rule = { perProjectMax: 4, workSecondsMax: 1800, workHalfLifeSeconds: 1800 };
const repeats = 50;

interface Case {
  readonly open: number;
  readonly finished: number;
  readonly projects: number;
}

const cases: readonly Case[] = [
  ...[100, 10_000, 100_000].map((open) => ({ open, finished: 0, projects: 1 })),
  ...[100, 10_000, 100_000].map((open) => ({ open, finished: 0, projects: 50 })),
  { open: 100_000, finished: 0, projects: 2000 },
  ...[10_000, 100_000].map((finished) => ({ open: 100, finished, projects: 50 })),
];

/** Requests with ids that the signer takes, submitted over the last week; the finished ones first. */
async function fill(owner: pg.Client, { open, finished, projects }: Case): Promise<void> {
  await owner.query('TRUNCATE signer.open_request, signer.project_turn, signer.request_state CASCADE');
  await owner.query('TRUNCATE portal.signing_request CASCADE');
  await owner.query(
    `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
       artifact_size_bytes, idempotency_key, submitted_by, submitted_at)
     SELECT gen_random_uuid(), 'project-' || (i % $2), 'release', repeat('ab', 32), 'a.tgz', 1, gen_random_uuid(), 'bench',
            now() - interval '7 days' * (i::float8 / $1)
       FROM generate_series(1, $1) AS i`,
    [open + finished, projects],
  );
  await owner.query(
    `INSERT INTO signer.request_state (request_id, status, step, pass, summary, retries, decisions_counted, updated_at)
     SELECT id, 'completed', 'release', 1, 'done', 0, 0, submitted_at
       FROM portal.signing_request ORDER BY submitted_at LIMIT $1`,
    [finished],
  );
  await owner.query('ANALYZE');
}

/** Rows that PostgreSQL has read out of whole tables so far, and by index. */
async function readSoFar(owner: pg.Client): Promise<number> {
  // Statistics of a session reach the view within a second of its rest.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { rows } = await owner.query<{ read: string }>(
    `SELECT sum(seq_tup_read) AS read FROM pg_stat_user_tables
      WHERE relname IN ('open_request', 'signing_request', 'request_state', 'project_turn')`,
  );
  return Number(rows[0]?.read ?? 0);
}

async function median(times: number, work: () => Promise<unknown>): Promise<number> {
  const measured: number[] = [];
  for (let at = 0; at < times; at += 1) {
    const start = performance.now();
    await work();
    measured.push(performance.now() - start);
  }
  return measured.toSorted((one, other) => one - other)[Math.floor(times / 2)] ?? 0;
}

async function run(urls: { readonly signer: string }, owner: pg.Client, one: Case) {
  await fill(owner, one);
  const database = openDatabase(urls.signer, (error) => {
    throw error;
  });
  try {
    const known = { has: (slug: string) => slug.startsWith('project-') };
    const turns = openTurns({
      database,
      signer: 'bench',
      rule,
      leaseSeconds: 60,
      projects: () => known,
      now: () => new Date(),
    });
    // Until everything is known to the signer.
    for (let count = -1, next = 0; count !== next;) {
      count = next;
      for (let round = 0; round < 4; round += 1) await turns.find();
      const { rows } = await owner.query<{ count: string }>('SELECT count(*) FROM signer.open_request');
      next = Number(rows[0]?.count ?? 0);
    }
    await owner.query('ANALYZE');
    const before = await readSoFar(owner);
    const take = await median(repeats, async () => {
      const turn = await turns.take();
      if (turn === null) throw new Error('nothing to take');
      await turn.giveBack({ kind: 'ended' });
    });
    const rowsRead = ((await readSoFar(owner)) - before) / repeats;
    const look = await median(repeats, () => turns.find());
    return { take, look, rowsRead };
  } finally {
    await database.close();
  }
}

const paths = prepareStackPaths(mkdtempSync(join(tmpdir(), 'countersign-bench-')));
try {
  const postgres = await startPostgres(paths, { durable: false });
  try {
    const urls = await postgres.prepareDatabase();
    await migrateDatabase({ ownerUrl: urls.owner });
    const owner = new pg.Client({ connectionString: urls.owner });
    await owner.connect();
    await run(urls, owner, { open: 100, finished: 0, projects: 1 }); // warms up
    let first: Awaited<ReturnType<typeof run>> | null = null;
    for (const one of cases) {
      const { take, look, rowsRead } = await run(urls, owner, one);
      first ??= { take, look, rowsRead };
      console.log(
        `${String(one.open).padStart(6)} open of ${String(one.projects).padStart(4)} projects, ${String(one.finished).padStart(6)} finished: ` +
          `a turn taken and given back ${take.toFixed(1)} ms (${(take / first.take).toFixed(1)}×), ` +
          `a look ${look.toFixed(1)} ms (${(look / first.look).toFixed(1)}×), ` +
          `${rowsRead.toFixed(0)} rows a turn read without an index`,
      );
    }
    await owner.end();
  } finally {
    await postgres.stop();
  }
} finally {
  removeServiceFolder(paths.postgres);
  rmSync(paths.state, { recursive: true, force: true });
}
