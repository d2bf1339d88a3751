/** A portal with a database, a store and requests that ended some days ago. For tests. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { parseRequestId, parseSha256Hex, type RequestId, type Sha256Hex } from '#core/ids/index.ts';
import { parsePortalConfig } from '../platform/config/index.ts';
import { openPortal } from '../platform/portal/index.ts';

export const project = 'esbuild-demo';
const dayMilliseconds = 24 * 3_600_000;

export interface Ended {
  readonly status?: string | null;
  readonly daysAgo?: number;
  readonly artifact?: Sha256Hex;
  readonly bundle?: Sha256Hex | null;
  readonly project?: string;
}

export async function openStore(settings: Readonly<Record<string, unknown>>) {
  const urls = await testDatabase();
  const { folder, release: releaseFolder } = await testFolder('retention');
  const owner = new Client({ connectionString: urls.owner });
  await owner.connect();
  const text = JSON.stringify({
    databaseUrl: urls.portal,
    artifactStore: join(folder, 'artifacts'),
    policyRepository: { url: folder, cloneDir: join(folder, 'clone') },
    publicUrl: 'http://127.0.0.1:1',
    keysDir: folder,
    auth: { secretFile: join(folder, 'secret') },
    upload: { sizeBytesMax: 1000 },
    ...settings,
  });
  const configFile = join(folder, 'portal.yaml');
  await writeFile(configFile, text, { mode: 0o600 });
  const config = parsePortalConfig(text, folder);
  const portal = openPortal(config);

  const put = async (bytes: Uint8Array = randomBytes(100)): Promise<Sha256Hex> => {
    const sha256 = parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));
    const stream = (async function* () {
      yield bytes;
    })();
    await portal.store.put({ stream, expectedSha256: sha256, sizeBytesMax: 1000, sizeBytesExpected: null });
    return sha256;
  };

  return {
    portal,
    configFile,
    owner,
    put,
    isThere: async (sha256: Sha256Hex): Promise<boolean> => (await portal.store.open(sha256)) !== null,
    /** A request, and how the signer left it; null: it hasn't seen it. */
    async request({ status = 'denied', daysAgo = 100, ...files }: Ended = {}): Promise<{
      readonly id: RequestId;
      readonly artifact: Sha256Hex;
    }> {
      const id = parseRequestId(randomUUID());
      const artifact = files.artifact ?? (await put());
      const at = new Date(Date.now() - daysAgo * dayMilliseconds);
      await portal.db.signingRequest.create({
        data: {
          id,
          projectSlug: files.project ?? project,
          policySlug: 'release-signing',
          artifactSha256: artifact,
          artifactName: 'a.tgz',
          artifactSizeBytes: 100n,
          bundleSha256: files.bundle ?? null,
          idempotencyKey: id,
          submittedBy: 'test',
          submittedAt: at,
        },
      });
      if (status !== null)
        await owner.query(
          `INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at)
           VALUES ($1, $2, 'origin', 1, '', $3)`,
          [id, status, at],
        );
      return { id, artifact };
    },
    async close(): Promise<void> {
      await portal.close();
      await owner.end();
      await urls.release();
      await releaseFolder();
    },
  };
}
