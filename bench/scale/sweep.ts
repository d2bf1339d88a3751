/** The signer's look for work with finished requests that nobody will touch again, and some that are open. */
import type pg from 'pg';
import { openTurns } from '../../signer/daemon/turns/index.ts';
import { openDatabase } from '../../signer/ground/database/index.ts';
import { ms, timed, withDatabase } from './stand.ts';

const open = 100;
const repeats = 100;

async function fill(owner: pg.Client, finished: number): Promise<void> {
  await owner.query(
    `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
       artifact_size_bytes, idempotency_key, submitted_by, submitted_at)
     SELECT gen_random_uuid(), 'project-' || (i % 2000), 'release', repeat('ab', 32), 'a.tgz', 1, gen_random_uuid(), 'bench',
            now() - interval '700 days' * (i::float8 / $1)
       FROM generate_series(1, $1) AS i`,
    [finished],
  );
  // A signer took these away when it looked at them.
  await owner.query('TRUNCATE portal.arrival');
  await owner.query(
    `INSERT INTO signer.request_state (request_id, status, step, pass, summary, retries, decisions_counted, updated_at)
     SELECT id, 'completed', 'release', 1, 'done', 0, 0, submitted_at FROM portal.signing_request`,
  );
  await owner.query(
    `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
       artifact_size_bytes, idempotency_key, submitted_by, submitted_at)
     SELECT gen_random_uuid(), 'project-' || (i % 50), 'release', repeat('ab', 32), 'a.tgz', 1, gen_random_uuid(), 'bench', now()
       FROM generate_series(1, $1) AS i`,
    [open],
  );
  await owner.query('VACUUM ANALYZE');
}

export async function sweep(sizes: readonly number[]): Promise<void> {
  for (const finished of sizes)
    await withDatabase(async ({ owner, urls }) => {
      await fill(owner, finished);
      const database = openDatabase(urls.signer, (error) => {
        throw error;
      });
      try {
        const known = { has: (slug: string) => slug.startsWith('project-') };
        const turns = openTurns({
          database,
          signer: 'bench',
          rule: { perProjectMax: 4, workSecondsMax: 1800, workHalfLifeSeconds: 1800 },
          leaseSeconds: 60,
          projects: () => known,
          now: () => new Date(),
        });
        const first = await timed(1, () => turns.find());
        const nothing = await timed(repeats, () => database.query('SELECT 1'));
        const look = await timed(repeats, () => turns.find());
        const again = await timed(50, async () => {
          const turn = await turns.take();
          if (turn === null) throw new Error('nothing to take');
          await turn.giveBack({ kind: 'ended' });
        });
        console.log(
          `sweep, ${finished} finished, ${open} open: SELECT 1 ${ms(nothing.p50)}; first look ${ms(first.p50)}, each later one ${ms(look.p50)} (p95 ${ms(look.p95)}); a turn taken and given back ${ms(again.p50)} (p95 ${ms(again.p95)})`,
        );
      } finally {
        await database.close();
      }
    });
}
