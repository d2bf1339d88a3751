/** Uploads in parts as cases need them: found by their file, expired for a while, and written by somebody else. */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import { bearerActor } from '../../lib/platform/auth/index.ts';
import type { Portal } from '../../lib/platform/portal/index.ts';
import { beginUpload } from '../../lib/requests/index.ts';

export function uploadsOf(owner: Client, portal: Portal, token: string) {
  const whileSet = async <T>(
    sha256: string,
    values: string,
    back: string,
    work: () => Promise<T>,
  ): Promise<T> => {
    await owner.query(`UPDATE portal.partial_upload SET ${values} WHERE sha256 = $1`, [sha256]);
    try {
      return await work();
    } finally {
      await owner.query(`UPDATE portal.partial_upload SET ${back} WHERE sha256 = $1`, [sha256]);
    }
  };
  return {
    begin: async (project: string, sha256: string, sizeBytes: number): Promise<void> => {
      const actor = await bearerActor(portal, `Bearer ${token}`, null);
      const input = { project: parseProjectSlug(project), sha256: parseSha256Hex(sha256), sizeBytes };
      await beginUpload({ ctx: { ...portal, actor }, input });
    },
    idOf: async (sha256: string): Promise<string> => {
      const { rows } = await owner.query<{ id: string }>(
        'SELECT id FROM portal.partial_upload WHERE sha256 = $1',
        [sha256],
      );
      return rows[0]?.id ?? '';
    },
    expired: <T>(sha256: string, work: () => Promise<T>): Promise<T> =>
      whileSet(
        sha256,
        "expires_at = expires_at - interval '2 days'",
        "expires_at = expires_at + interval '2 days'",
        work,
      ),
    written: <T>(sha256: string, work: () => Promise<T>): Promise<T> =>
      whileSet(
        sha256,
        `writer = '${randomUUID()}', writer_until = now() + interval '15 seconds'`,
        'writer = NULL, writer_until = NULL',
        work,
      ),
  };
}
