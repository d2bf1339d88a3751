/**
 * Removes what a rule of the foundation says and nobody needs, a bounded round at a time. Interrupted anywhere, the next round goes on: an
 * object goes before the rows that say so, and what is gone already is only noted.
 */
import type { Sha256Hex } from '#core/ids/index.ts';
import { recordEvents } from '../audit/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { lockObjects } from '../uploads/index.ts';
import { filesOf, findCandidates, findHeld, type Candidate } from './find.ts';
import { needOf } from './needs.ts';
import { rulesOf, type Rule } from './rules.ts';
import { takeTurn, type Turn } from './turn.ts';

type Ports = Pick<Portal, 'db' | 'store' | 'config' | 'now'>;

/** In one round of one rule; the rest follow in the next. */
const requestsMax = 50;
const lookAgainMilliseconds = 24 * 3_600_000;
/** More requests of one file than these are noted when their own turn comes. */
const usersNotedMax = 500;

/** → how many files went, and what went wrong with others. Where another portal applies a rule, nothing. */
export async function applyRetention(
  ports: Ports,
): Promise<{ readonly removed: number; readonly problems: readonly string[] }> {
  const problems: string[] = [];
  let removed = 0;
  for (const rule of rulesOf(ports.config)) {
    const turn = await takeTurn(ports.db, rule.name);
    if (turn === null) continue;
    try {
      removed += await applyRule(ports, rule, turn, problems);
    } finally {
      await turn.end();
    }
  }
  return { removed, problems };
}

async function applyRule(ports: Ports, rule: Rule, turn: Turn, problems: string[]): Promise<number> {
  const { db } = ports;
  const now = ports.now();
  const again = await findHeld(db, rule, { count: requestsMax, now });
  const next = await findCandidates(db, rule, { after: turn.from, count: requestsMax, now });
  let removed = 0;
  for (const [candidate, place] of [
    ...again.map((held) => [held, null] as const),
    ...next.map((one) => [one, { endedAt: one.endedAt, requestId: one.id }] as const),
  ]) {
    try {
      removed += await applyTo(ports, rule, candidate);
    } catch (error) {
      problems.push(`files of ${candidate.id}: ${error instanceof Error ? error.message : String(error)}`);
      // It isn't lost sight of, and holds nobody else up.
      await hold(db, candidate, rule, { reason: 'it could not be removed', now });
    }
    if (!(await turn.reach(place))) break;
  }
  return removed;
}

/** → how many objects went. */
async function applyTo(ports: Ports, rule: Rule, candidate: Candidate): Promise<number> {
  const { db, now } = ports;
  let removed = 0;
  let held: string | null = null;
  for (const { sha256 } of filesOf(candidate)) {
    const outcome = await removeUnneeded(ports, sha256);
    removed += outcome.removed ? 1 : 0;
    held ??= outcome.held;
  }
  if (held === null) await db.retentionHeld.deleteMany({ where: { requestId: candidate.id } });
  else await hold(db, candidate, rule, { reason: held, now: now() });
  return removed;
}

async function hold(
  db: Portal['db'],
  { id }: Candidate,
  { name: rule }: Rule,
  { reason, now }: { readonly reason: string; readonly now: Date },
): Promise<void> {
  const data = { rule, reason, lookAt: new Date(now.getTime() + lookAgainMilliseconds) };
  await db.retentionHeld.upsert({
    where: { requestId: id },
    update: data,
    create: { requestId: id, ...data },
  });
}

/**
 * Under the object's lock, which submissions and uploads take as well: they find the object gone, or are found here. `held`: why it is to
 * be looked at again; null: it needn't.
 */
async function removeUnneeded(
  ports: Ports,
  sha256: Sha256Hex,
): Promise<{ readonly removed: boolean; readonly held: string | null }> {
  const { db, store, config, now } = ports;
  const rules = rulesOf(config);
  return db.$transaction(
    async (transaction) => {
      await lockObjects(transaction, [sha256]);
      const at = now();
      const need = await needOf(transaction, sha256, rules, at);
      if (need !== null) return { removed: false, held: need.kind === 'now' ? need.reason : null };
      const removed = await store.remove(sha256);
      await noteUsage(transaction, sha256);
      await noteRemoval(transaction, ports, sha256, at);
      return { removed, held: null };
    },
    // A large file takes its time to go.
    { timeout: 60_000 },
  );
}

/** What is gone counts for no quota any more. */
async function noteUsage(transaction: Transaction, sha256: Sha256Hex): Promise<void> {
  await transaction.$executeRaw`
    WITH gone AS (DELETE FROM portal.stored_file WHERE sha256 = ${sha256} RETURNING project_slug, size_bytes)
    UPDATE portal.project_usage AS known
       SET stored_bytes = known.stored_bytes - gone.size_bytes, stored_files = known.stored_files - 1
      FROM gone WHERE known.project_slug = gone.project_slug`;
}

/** On the record of every request that used it: all of them are old enough, or somebody would need it. */
async function noteRemoval(
  transaction: Transaction,
  { config, now }: Ports,
  sha256: Sha256Hex,
  at: Date,
): Promise<void> {
  const denied = rulesOf(config).find(({ name }) => name === 'denied')?.days ?? 0;
  const failed = rulesOf(config).find(({ name }) => name === 'failed')?.days ?? 0;
  const noted = await transaction.$queryRaw<
    readonly { readonly id: string; readonly file: string; readonly rule: string; readonly days: number }[]
  >`
    INSERT INTO portal.removed_file (request_id, file, sha256, rule, days, removed_at)
    SELECT request.id, request.file, ${sha256}, state.status,
           CASE state.status WHEN 'denied' THEN ${denied}::int ELSE ${failed}::int END, ${at}
      FROM (SELECT id, 'artifact' AS file FROM portal.signing_request WHERE artifact_sha256 = ${sha256}
            UNION ALL
            SELECT id, 'bundle' FROM portal.signing_request WHERE bundle_sha256 = ${sha256}) AS request
      JOIN signer.request_state AS state ON state.request_id = request.id
     WHERE NOT EXISTS (SELECT FROM portal.removed_file AS known
                        WHERE known.request_id = request.id AND known.file = request.file)
     ORDER BY request.id
     LIMIT ${usersNotedMax}
        ON CONFLICT DO NOTHING
    RETURNING request_id::text AS id, file, rule, days`;
  const ctx: Pick<Context, 'actor' | 'now'> = { actor: { kind: 'operator', name: 'portal' }, now };
  await recordEvents(
    transaction,
    ctx,
    noted.map(({ id, file, rule, days }) => ({
      action: 'request.file-removed' as const,
      subject: `request:${id}`,
      detail: { file, sha256, rule, days },
    })),
  );
}
