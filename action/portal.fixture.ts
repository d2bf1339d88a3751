/** The portal's own routes of /api/v1 over HTTP, on a database of its own, with a policy whose builds are GitHub's or another's. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import { loadSnapshot } from '#core/policy/index.ts';
import { decode, encode, seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { tokenIssuer } from '../dev/github/index.ts';
import { testDatabase, testFolder } from '../dev/test/index.ts';
import { serveRoutes } from '../dev/test/serve-routes.ts';
import { createToken } from '../lib/api-tokens/index.ts';
import { personOfAccount } from '../lib/platform/auth/index.ts';
import { parsePortalConfig } from '../lib/platform/config/index.ts';
import { answerFrom } from '../lib/platform/portal/current.fixture.ts';
import { openPortal, type Portal } from '../lib/platform/portal/index.ts';
import { openReceived } from '../lib/platform/storage/index.ts';

const releasePolicy = 'projects/esbuild-demo/policies/release-signing.yaml';

export interface ServedPortal {
  readonly url: string;
  readonly portal: Portal;
  readonly owner: Client;
  /** An API token of the seed's project. */
  readonly token: string;
  close(): Promise<void>;
}

/** `keysUrl`: of whoever issues identity tokens to builds of the policy. */
export async function servePortal(
  keysUrl: string,
  {
    issuers = [tokenIssuer],
    files = onGitHubBuilt(),
  }: {
    readonly issuers?: readonly string[];
    readonly files?: Map<string, Uint8Array>;
  } = {},
): Promise<ServedPortal> {
  const [database, folder] = [await testDatabase(), await testFolder('action')];
  const served = await serveRoutes(['app/api/v1']);
  const { url } = served;

  const owner = new Client({ connectionString: database.owner });
  await owner.connect();
  await owner.query(
    `INSERT INTO signer.accepted_snapshot (commit, signers, accepted_at) VALUES ($1, '{}', now())`,
    [seedCommit],
  );
  const config = {
    databaseUrl: database.portal,
    artifactStore: join(folder.folder, 'artifacts'),
    policyRepository: { url: folder.folder, cloneDir: join(folder.folder, 'clone') },
    publicUrl: url,
    keysDir: folder.folder,
    auth: { secretFile: join(folder.folder, 'secret') },
    upload: { sizeBytesMax: 10_000 },
    buildKeys: issuers.map((issuer) => ({ issuer, url: keysUrl })),
  };
  const opened = openPortal(parsePortalConfig(JSON.stringify(config), folder.folder));
  const portal: Portal = { ...opened, policies: { ...opened.policies, ...policies(files) } };
  answerFrom(portal);
  return {
    url,
    portal,
    owner,
    token: await tokenOf(portal),
    async close() {
      served.close();
      await opened.close();
      await owner.end();
      await database.release();
      await folder.release();
    },
  };
}

async function tokenOf(portal: Portal): Promise<string> {
  const { snapshot } = await portal.policies.at(seedCommit);
  const maker = personOfAccount(snapshot, onGitHub('900001'), false);
  if (maker === null) throw new Error('the seed has no account 900001');
  const asked = {
    project: parseProjectSlug('esbuild-demo'),
    name: 'ci',
    policies: [],
    days: 90,
    id: randomUUID(),
  };
  return (await createToken({ ctx: { ...portal, actor: maker }, input: asked })).token;
}

/** What the signer would write: where a request stands. */
export async function stateOf(
  { owner }: ServedPortal,
  id: string,
  status: string,
  summary = '',
): Promise<void> {
  await owner.query(
    `INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at) VALUES ($1, $2, 'approval', 1, $3, now())
     ON CONFLICT (request_id) DO UPDATE SET status = $2, summary = $3, updated_at = now()`,
    [id, status, summary],
  );
}

/** The same: these bytes, signed and released. */
export async function releaseOf(on: ServedPortal, id: string, bytes: Uint8Array): Promise<void> {
  const sha256 = parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));
  await openReceived(on.portal.config.releasedStore).put({
    stream: (async function* () {
      yield bytes;
    })(),
    expectedSha256: sha256,
    sizeBytesMax: bytes.length,
    sizeBytesExpected: null,
  });
  await on.owner.query(
    `INSERT INTO signer.release (request_id, artifact_sha256, artifact_size_bytes, artifact_name, released_at)
     VALUES ($1, $2, $3, 'widget.tgz', now())`,
    [id, sha256, bytes.length],
  );
  await stateOf(on, id, 'completed', 'Signed.');
}

/** The seed, its releases built on GitHub. */
function onGitHubBuilt(): Map<string, Uint8Array> {
  const files = new Map(seedWithKeys());
  files.set(
    releasePolicy,
    encode(
      decode(files.get(releasePolicy)).replace('buildSystem: development', 'buildSystem: github-actions'),
    ),
  );
  return files;
}

function policies(files: Map<string, Uint8Array>): Pick<Portal['policies'], 'at' | 'partAt'> {
  const loaded = loadSnapshot(files, seedCommit);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics[0]));
  const { snapshot } = loaded;
  return { at: async () => ({ files, snapshot }), partAt: async () => snapshot };
}
