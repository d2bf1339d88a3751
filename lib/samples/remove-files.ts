/** The bytes of a sample go once the signer has looked at them, and after a day whatever happened. */
import { parseSha256Hex } from '#core/ids/index.ts';
import { sampleHours } from '#core/wire/sample/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { removeUpload } from '../uploads/index.ts';
import { roomPrefix } from './drop.ts';

const roundMax = 100;

/** One round. Safe to run in several portals at once and to be cut off anywhere. → what went wrong. */
export async function removeSampleFiles(
  portal: Pick<Portal, 'db' | 'store' | 'now'>,
): Promise<readonly string[]> {
  const { db, now } = portal;
  const since = new Date(now().getTime() - sampleHours * 3_600_000);
  const due = await db.$queryRaw<{ owner: string; sha256: string }[]>`
    SELECT owner, sha256 FROM portal.upload AS upload
     WHERE freed_at IS NULL AND is_stored AND sha256 IS NOT NULL AND starts_with(owner, ${roomPrefix})
       AND (at <= ${since}
         -- Another sample of the same bytes may wait; one whose upload has just ended has no row yet.
         OR (at <= ${new Date(now().getTime() - settledMilliseconds)} AND NOT EXISTS (
              SELECT FROM portal.sample AS sample
               WHERE ${roomPrefix} || sample.owner = upload.owner AND sample.sha256 = upload.sha256
                 AND NOT EXISTS (SELECT FROM signer.sample_result AS result
                                  WHERE result.sample_id = sample.id AND result.state <> 'working'))))
     ORDER BY at LIMIT ${roundMax}::int`;
  const problems: string[] = [];
  for (const { owner, sha256 } of due) {
    try {
      await removeUpload(portal, { owner, sha256: parseSha256Hex(sha256) });
    } catch (error) {
      problems.push(`sample ${sha256}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return problems;
}

const settledMilliseconds = 60_000;
