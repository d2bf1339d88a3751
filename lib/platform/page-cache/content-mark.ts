/** What feeds and badges are made of, in one short text: as long as it is the same, at whichever portal, so are they. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Database } from '../db/index.ts';

const rowSchema = z.tuple([z.object({ mark: z.string() })]);

/** As long as one look counts for all who ask. */
const lookMilliseconds = 500;

/**
 * The signer's journal says of each release, revocation and accepted policy; the portals note how versions of policies compare; the ceremony
 * replaces the registry of certificates. null while there is no database; rejects where it doesn't answer.
 */
export function openContentMark(
  { keysDir }: { readonly keysDir: string },
  database: () => Database | null,
  now: () => number = () => performance.now(),
): () => Promise<string | null> {
  let last: { readonly at: number; readonly mark: Promise<string | null> } | null = null;
  const look = async (): Promise<string | null> => {
    const db = database();
    if (db === null) return null;
    const [rows, registry] = await Promise.all([
      db.$queryRaw<unknown[]>`
        SELECT concat_ws(' ', (SELECT max(seq) FROM signer.journal), (SELECT max(seq) FROM signer.accepted_snapshot),
                 (SELECT count(*) FROM portal.policy_version WHERE state = 'waiting'),
                 (SELECT max(seq) FROM portal.policy_version)) AS mark`,
      stat(join(keysDir, 'registry.json'), { bigint: true }).catch(() => null),
    ]);
    const { mark } = rowSchema.parse(rows)[0];
    return `${mark} ${registry?.mtimeNs ?? ''} ${registry?.ino ?? ''} ${registry?.size ?? ''}`;
  };
  return () => {
    if (last !== null && now() - last.at < lookMilliseconds) return last.mark;
    const mark = look();
    const mine = { at: now(), mark };
    last = mine;
    mark.catch(() => {
      if (last === mine) last = null;
    });
    return mark;
  };
}
