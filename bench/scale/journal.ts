/** Verification of the journal: as one walk, and in ranges with a process for each core. */
import { join } from 'node:path';
import { stepStarted } from '#core/wire/journal/index.ts';
import { openDatabase } from '../../signer/ground/database/index.ts';
import { columnsOf, sealAll, verifyJournal } from '../../signer/ground/journal/index.ts';
import { rangesAfter, verifyRanges } from '../../signer/ground/journal/verify-ranges.ts';
import { withDatabase } from './stand.ts';

const perStatement = 5000;
const requestId = '0b7f8a52-0000-4000-8000-000000000001';

export async function journal(sizes: readonly number[]): Promise<void> {
  for (const entries of sizes)
    await withDatabase(async ({ owner, urls }) => {
      let last: Parameters<typeof sealAll>[0] = null;
      for (let made = 0; made < entries; made += perStatement) {
        const events = Array.from({ length: Math.min(perStatement, entries - made) }, () => ({
          requestId,
          event: stepStarted({ pass: 1, step: 'inspection' }),
        }));
        const sealed = sealAll(last, new Date(), events);
        last = sealed.at(-1) ?? last;
        const { seqs, times, kinds, bodies, previousHashes, entryHashes } = columnsOf(sealed);
        await owner.query(
          `INSERT INTO signer.journal (seq, at, request_id, kind, body, previous_hash, entry_hash)
           SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[])`,
          [seqs, times, sealed.map(() => requestId), kinds, bodies, previousHashes, entryHashes],
        );
      }
      await owner.query('VACUUM ANALYZE signer.journal');
      const database = openDatabase(urls.signer, (error) => {
        throw error;
      });
      try {
        const one = await perSecond(entries, () => verifyJournal(database));
        const ranges = await rangesAfter(database, 0n);
        const program = [join(import.meta.dirname, 'verify-range.ts'), urls.signer];
        const many = await perSecond(entries, () => verifyRanges(ranges, program));
        console.log(
          `journal, ${entries} entries: ${one} a second in one walk, ${many} in ${ranges.length} ranges, a process for each core`,
        );
      } finally {
        await database.close();
      }
    });
}

async function perSecond(
  entries: number,
  verify: () => Promise<{ readonly intact: boolean }>,
): Promise<number> {
  const start = performance.now();
  const { intact } = await verify();
  if (!intact) throw new Error('the journal is broken');
  return Math.round(entries / ((performance.now() - start) / 1000));
}
