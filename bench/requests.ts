/**
 * What it costs to show a request of 1,000, 10,000 and 100,000 files: processor time of the portal, time of the database and size, for
 * the overview and for pages of a step; on a PostgreSQL of its own.
 *   npm run bench:requests [-- FILES…]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { addLargeRequest } from '../dev/seed/index.ts';
import { prepareStackPaths, removeServiceFolder, startPostgres } from '../dev/stack/index.ts';
import { parseRequestId } from '#core/ids/index.ts';
import { openDatabase } from '../lib/platform/db/index.ts';
import type { Context } from '../lib/platform/portal/index.ts';
import { readStep } from '../lib/requests/index.ts';
import { readTrace } from '../lib/requests/read-trace.ts';
import { migrateDatabase } from '../scripts/database/migrate.ts';
import { readOptions } from '../signer/ground/command-line/index.ts';

const usage =
  'usage: npm run bench:requests -- [FILES…]   (1000 10000 100000: how many files each request has)';
const { positionals } = readOptions(usage, { allowPositionals: true, options: {} });
const sizes = positionals.length > 0 ? positionals.map(Number) : [1_000, 10_000, 100_000];
if (!sizes.every((size) => size > 0)) {
  console.error(usage);
  process.exit(2);
}

async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const value = await work();
  const whole = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const text = JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? String(member) : member,
  );
  console.log(
    `  ${name.padEnd(34)} ${ms((user + system) / 1000)} of the portal’s processor, ${ms(whole)} in all, ${(text.length / 1000).toFixed(0).padStart(4)} kB`,
  );
}

const ms = (value: number): string => `${value.toFixed(0).padStart(5)} ms`;

const paths = prepareStackPaths(mkdtempSync(join(tmpdir(), 'countersign-bench-')));
try {
  const postgres = await startPostgres(paths, { durable: false });
  try {
    const urls = await postgres.prepareDatabase();
    await migrateDatabase({ ownerUrl: urls.owner });
    const owner = new pg.Client({ connectionString: urls.owner });
    await owner.connect();
    const db = openDatabase({ url: urls.portal });
    const ctx = { db } as unknown as Context;
    for (const files of [10, ...sizes]) {
      const id = parseRequestId(await addLargeRequest(owner, files));
      await owner.query('ANALYZE');
      console.log(`${files} files${files === 10 ? ' (warms up)' : ''}`);
      const trace = () =>
        readTrace(db, { requestId: id, submittedAt: new Date(), status: 'completed', pass: null });
      const step = (more: Partial<Parameters<typeof readStep>[0]['input']> = {}) =>
        readStep({ ctx, input: { id, pass: 2, step: 'inspection', ...more } });
      const cursor = (await step())?.next ?? undefined;
      const other = openDatabase({ url: urls.portal });
      await other.$queryRaw`SELECT 1`;
      await timed('overview, first time', () =>
        readTrace(other, { requestId: id, submittedAt: new Date(), status: 'completed', pass: null }),
      );
      await other.$disconnect();
      await timed('overview, again', trace);
      await timed('first page of a step', () => step());
      await timed('a later page', () => step({ after: cursor }));
      await timed('found by file', () => step({ file: `part-${files - 1}.dll` }));
      await timed('signing, by file', () => step({ step: 'signing', file: `part-${files - 1}.dll` }));
    }
    await db.$disconnect();
    await owner.end();
  } finally {
    await postgres.stop();
  }
} finally {
  removeServiceFolder(paths.postgres);
  rmSync(paths.state, { recursive: true, force: true });
}
