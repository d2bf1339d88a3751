/** A portal, and a GitHub with the repository of the seed's project, whose runs upload and attest. For tests. */
import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { loadSnapshot } from '#core/policy/index.ts';
import { seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { exampleRun, openBuildSystem } from '../../dev/build-system/index.ts';
import { addDemoRepository, demoRepository, startGitHub } from '../../dev/github/index.ts';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import { createToken } from '../api-tokens/index.ts';
import { bearerActor, personOfAccount } from '../platform/auth/index.ts';
import { openCodeHosts } from '../platform/code-host/index.ts';
import { parsePortalConfig } from '../platform/config/index.ts';
import { openPortal } from '../platform/portal/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { fetchesSettled, readFetch, startFetch } from './index.ts';
import type { FetchState } from './index.ts';

const { id: repositoryId } = demoRepository;
export const project = parseProjectSlug('esbuild-demo');
const policy = parsePolicySlug('release-signing');
const hostTiming = { retries: 0, secondMilliseconds: 1, limitWaitSecondsMax: 0, paced: false };

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** `gitlab`: a GitLab beside it, and policies of a project there. */
export async function openFetches(gitlab?: {
  readonly url: string;
  readonly token: string;
  readonly files: Map<string, Uint8Array>;
}) {
  const [github, database, folder] = await Promise.all([
    startGitHub(),
    testDatabase(),
    testFolder('fetches'),
  ]);
  const builds = await openBuildSystem(join(folder.folder, 'builds'));
  const { state } = github;
  addDemoRepository(state);

  const sql = new Client({ connectionString: database.owner });
  await sql.connect();
  await sql.query(
    `INSERT INTO signer.accepted_snapshot (commit, signers, accepted_at) VALUES ($1, '{}', now())`,
    [seedCommit],
  );
  const secretFile = join(folder.folder, 'secret');
  writeFileSync(secretFile, 's'.repeat(40));
  const tokenFile = join(folder.folder, 'host-token');
  writeFileSync(tokenFile, 'dev-user-900010');
  const config = (more: object = {}) =>
    parsePortalConfig(
      JSON.stringify({
        databaseUrl: database.portal,
        artifactStore: join(folder.folder, 'artifacts'),
        policyRepository: { url: folder.folder, cloneDir: join(folder.folder, 'clone') },
        publicUrl: 'http://127.0.0.1:1',
        keysDir: folder.folder,
        codeHost: { apiUrl: github.url, webUrl: 'https://github.com' },
        auth: { secretFile, development: true },
        upload: { sizeBytesMax: 4_000_000 },
        ...more,
      }),
      folder.folder,
    );
  const gitlabTokenFile = join(folder.folder, 'gitlab-token');
  writeFileSync(gitlabTokenFile, gitlab?.token ?? '');
  const files = gitlab?.files ?? seedWithKeys();
  const loaded = loadSnapshot(files, seedCommit);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics[0]));
  const at = async () => ({ files, snapshot: loaded.snapshot });
  const opened: ReturnType<typeof openPortal>[] = [];
  /** Another process of the portal: it has nothing in memory. `ownToken`: it may read the host itself. */
  const start = (more: object = {}, ownToken = false): Portal => {
    const host = {
      apiUrl: github.url,
      webUrl: 'https://github.com',
      ...(gitlab === undefined
        ? {}
        : { gitlab: { server: 'https://gitlab.com', url: gitlab.url, tokenFile: gitlabTokenFile } }),
    };
    const settings = config({ ...more, codeHost: ownToken ? { ...host, tokenFile } : host });
    const now = () => new Date();
    const portal = openPortal(settings, now);
    opened.push(portal);
    const codeHosts = openCodeHosts({ config: settings, now, timing: hostTiming });
    return { ...portal, codeHosts, policies: { ...portal.policies, at } };
  };
  const portal = start();
  const maker = personOfAccount(loaded.snapshot, onGitHub('900001'), false);
  if (maker === null) throw new Error('the seed has no account 900001');
  const asked = { project, name: 'ci', policies: [], days: 90, id: randomUUID() };
  const { token } = await createToken({ ctx: { ...portal, actor: maker }, input: asked });
  const ctxOf = async (of: Portal): Promise<Context> => ({
    ...of,
    actor: await bearerActor(of, `Bearer ${token}`, null),
  });
  const ctx = await ctxOf(portal);

  return {
    github,
    portal,
    start,
    ctx,
    ctxOf,
    /** The project's API token. */
    token,
    sql,
    upload: (bytes: Buffer, name = 'package', more: { runId?: number; archived?: boolean } = {}) =>
      state.artifacts.upload({ name, bytes, repositoryId, runId: 77, ...more }),
    /** As the repository's release workflow attests it. → the bundle. */
    async attest(bytes: Buffer, runId = '77') {
      const subjects = [{ name: 'package.zip', digest: { sha256: sha256Of(bytes) } }];
      const run = { ...exampleRun, runId };
      const bundle = (await builds.attest({ subjects, run })) as Readonly<Record<string, unknown>>;
      state.artifacts.attest(repositoryId, sha256Of(bytes), bundle);
      return bundle;
    },
    jobToken: (): string => github.jobToken(repositoryId),
    begin: (
      artifactId: number | string,
      more: { token?: string | null; runId?: string; ctx?: Context } = {},
    ) =>
      startFetch({
        ctx: more.ctx ?? ctx,
        input: {
          project,
          policy,
          host: 'github',
          artifactId: String(artifactId),
          runId: more.runId ?? '77',
          token: more.token === undefined ? github.jobToken(repositoryId) : more.token,
        },
      }),
    /** What has become of it when nothing runs any more. */
    async ended(id: string): Promise<FetchState> {
      await fetchesSettled(portal);
      const found = await readFetch({ ctx: portal, input: { id } });
      if (found === null) throw new Error('no such fetch');
      return found;
    },
    async close(): Promise<void> {
      await fetchesSettled(portal);
      await Promise.all(opened.map((one) => one.close()));
      await sql.end();
      await database.release();
      await folder.release();
      await github.stop();
    },
  };
}
