/** What is there after a run: both keyholders' journals, the signer's journal, and the store. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { readKeyHolderJournal } from '../../signer/keyholder/index.ts';
import type { SignerUnderTest, TwoSigners } from '../test/system/two-signers.ts';
import type { Given, Left } from './count.ts';

export async function readLeft(
  { system, one, two }: TwoSigners,
  { asked, stuck }: { readonly asked: readonly string[]; readonly stuck: readonly string[] },
): Promise<Left> {
  const given: Given[] = [];
  const chainsBroken: string[] = [];
  for (const signer of [one, two]) {
    try {
      given.push(...(await givenBy(signer)));
    } catch (error) {
      chainsBroken.push(`${signer.journal}: ${String(error)}`);
    }
  }
  const chain = await system.verifyJournal();
  if (!chain.intact) chainsBroken.push(`the signer’s journal, entry ${chain.seq}: ${chain.problem}`);
  const client = new pg.Client({ connectionString: system.foundation.stack.database.signer });
  await client.connect();
  try {
    const logged = await client.query<{ digest: string }>(
      `SELECT DISTINCT body::jsonb->>'signatureSha256' AS digest FROM signer.journal
        WHERE kind IN ('sign.done', 'signature.recovered')`,
    );
    const releases = await client.query<{ id: string; times: number }>(
      `SELECT request_id::text AS id, count(*)::int AS times FROM signer.journal WHERE kind = 'request.released' GROUP BY 1`,
    );
    const completed = await client.query<{ id: string }>(
      `SELECT request_id::text AS id FROM signer.request_state WHERE status = 'completed' AND request_id = ANY($1::uuid[])`,
      [asked],
    );
    return {
      given,
      logged: new Set(logged.rows.map(({ digest }) => digest)),
      releases: new Map(releases.rows.map(({ id, times }) => [id, times])),
      completed: completed.rows.map(({ id }) => id),
      stuck,
      filesWrong: await wrongFiles(
        system,
        completed.rows.map(({ id }) => id),
      ),
      chainsBroken,
    };
  } finally {
    await client.end();
  }
}

/** Rejects where the chain doesn't hold. */
async function givenBy({ id, journal }: SignerUnderTest): Promise<readonly Given[]> {
  const places = new Map<string, Pick<Given, 'slot' | 'requestId'>>();
  const given: Given[] = [];
  await readKeyHolderJournal(journal, ({ entry }) => {
    if (entry.kind === 'intent') places.set(entry.grantId, entry);
    if (entry.kind !== 'signed') return;
    const place = places.get(entry.grantId);
    if (place === undefined) throw new RangeError(`grant ${entry.grantId} was signed without an intent`);
    const sha256 = createHash('sha256').update(Buffer.from(entry.signature, 'base64')).digest('hex');
    given.push({ by: id, slot: place.slot, requestId: place.requestId, sha256 });
  });
  return given;
}

async function wrongFiles(system: TwoSigners['system'], ids: readonly string[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const id of ids) {
    const file = await system.releasedFile(id);
    const found = file === null ? null : await digestOf(file).catch(() => null);
    if (file === null) wrong.push(`of request ${id} (no row)`);
    else if (found !== file.split('/').slice(-2).join('')) wrong.push(file);
  }
  return wrong;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
