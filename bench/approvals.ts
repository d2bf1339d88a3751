/**
 * The signer's cost of finding decisions among arbitrary submissions: 100,000 invalid submissions for one request, of three
 * kinds, on a PostgreSQL of its own.
 *   npm run bench:approvals [-- ROWS]
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { prepareStackPaths, removeServiceFolder, startPostgres } from '../dev/stack/index.ts';
import { person } from '#core/approval/approval.fixture.ts';
import type { ApprovalSubmission } from '#core/approval/index.ts';
import { parseRequestId } from '#core/ids/index.ts';
import { migrateDatabase } from '../scripts/database/migrate.ts';
import { readSubmissions } from '../signer/daemon/approvals/index.ts';
import { readOptions } from '../signer/ground/command-line/index.ts';
import { openDatabase } from '../signer/ground/database/index.ts';
import { openTurns } from '../signer/daemon/turns/index.ts';

const usage = 'usage: npm run bench:approvals -- [ROWS]   (100000 submissions of each kind)';
const { positionals } = readOptions(usage, { allowPositionals: true, options: {} });
const rows = Number(positionals[0] ?? 100_000);
if (!(rows > 0) || positionals.length > 1) {
  console.error(usage);
  process.exit(2);
}
const alice = person('alice');
const bob = person('bob');
const approvers = [alice.approver, bob.approver];
const now = new Date('2026-01-01T00:00:00Z');

const kinds: readonly [string, ApprovalSubmission][] = [
  ['no signature at all', { statement: 'yes', signature: 'approved' }],
  ['by a key that nobody lists', person('mallory').decide()],
  ['forged in an approver’s name', { ...alice.decide(), statement: 'yes' }],
];

async function measure(name: string, urls: { portal: string; signer: string }, rubbish: ApprovalSubmission) {
  const portal = new pg.Client({ connectionString: urls.portal });
  await portal.connect();
  const database = openDatabase(urls.signer, () => undefined);
  try {
    const id = parseRequestId(randomUUID());
    await portal.query(
      `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
         artifact_size_bytes, idempotency_key, submitted_by) VALUES ($1, 'widget', 'release', $2, 'a', 1, $3, 'test')`,
      [id, 'ab'.repeat(32), randomUUID()],
    );
    const insert = (count: number, { statement, signature }: ApprovalSubmission) =>
      portal.query(
        `INSERT INTO portal.approval_submission (id, request_id, statement, signature, submitted_by)
         SELECT gen_random_uuid(), $1, $3, $4, 'test' FROM generate_series(1, $2::int)`,
        [id, count, statement, signature],
      );
    await insert(rows, rubbish);
    await insert(1, bob.decide({ request: id, decision: 'deny' }));
    const cpu = process.cpuUsage();
    const start = performance.now();
    let looks = 0;
    let longest = 0;
    let found = 0;
    for (let unread = 1; unread > 0; looks += 1) {
      const begun = performance.now();
      const read = await readSubmissions({ database, requestId: id, approvers, now });
      ({ unread } = read.reading);
      found = read.count;
      longest = Math.max(longest, performance.now() - begun);
    }
    const whole = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    const again = await timed(() => readSubmissions({ database, requestId: id, approvers, now }));
    const turns = openTurns({
      database,
      signer: 'bench',
      leaseSeconds: 60,
      projects: () => null,
      now: () => now,
      rule: { perProjectMax: 1, workSecondsMax: 1800, workHalfLifeSeconds: 1800 },
    });
    const due = await timed(() => turns.find());
    console.log(
      `${name}: ${rows} rows read in ${looks} looks, ${ms(whole)} (${ms((user + system) / 1000)} of processor), ` +
        `longest look ${ms(longest)}; ${found} decision found; a look at nothing new ${ms(again)}; sweep ${ms(due)}`,
    );
  } finally {
    await portal.end();
    await database.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const ms = (value: number): string => `${Math.round(value)} ms`;

const paths = prepareStackPaths(mkdtempSync(join(tmpdir(), 'countersign-bench-')));
try {
  const postgres = await startPostgres(paths, { durable: false });
  try {
    const { owner, portal, signer } = await postgres.prepareDatabase();
    await migrateDatabase({ ownerUrl: owner });
    for (const [name, rubbish] of kinds) await measure(name, { portal, signer }, rubbish);
  } finally {
    await postgres.stop();
  }
} finally {
  removeServiceFolder(paths.postgres);
  rmSync(paths.state, { recursive: true, force: true });
}
