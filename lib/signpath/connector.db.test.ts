import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import { parseRequestId } from '#core/ids/index.ts';
import { demoRepository } from '../../dev/github/index.ts';
import { lacksTools } from '../../dev/test/lacks.ts';
import { testFolder } from '../../dev/test/index.ts';
import { openFetches, sha256Of } from '../artifact-fetches/open-fetches.fixture.ts';
import { openReceived } from '../platform/storage/index.ts';
import { answerFrom } from '../platform/portal/current.fixture.ts';
import { readSignPathStatus } from './index.ts';
import { serveConnector, workflowStep, type WorkflowInputs } from './workflow.fixture.ts';

let on: Awaited<ReturnType<typeof openFetches>>;
let served: Awaited<ReturnType<typeof serveConnector>>;
let folder: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  [on, served, folder] = await Promise.all([openFetches(), serveConnector(), testFolder('workflow')]);
});
beforeEach(() => answerFrom(on.portal));
afterAll(async () => {
  await served.close();
  await on.close();
  await folder.release();
});

let made = 0;
const archive = (): Buffer => {
  made += 1;
  return Buffer.from(zip([{ name: 'setup.exe', content: `a program ${made}` }]));
};
/** A run that uploads, and attests what it uploaded. */
async function run(bytes: Buffer, name = 'package', archived = true): Promise<string> {
  await on.attest(bytes);
  return String(on.upload(bytes, name, { archived }).id);
}
const step = (artifactId: string, more: Partial<WorkflowInputs> = {}) =>
  workflowStep({
    artifactId,
    connectorUrl: served.connectorUrl,
    apiToken: on.token,
    runId: '77',
    repository: demoRepository.fullName,
    gitHubToken: on.jobToken(),
    projectSlug: 'esbuild-demo',
    signingPolicySlug: 'release-signing',
    ...more,
  });
/** What the signer writes. */
const moves = (id: string, status: string) =>
  on.sql.query(
    `INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at)
     VALUES ($1, $2, 'approval', 1, '', now()) ON CONFLICT (request_id) DO UPDATE SET status = $2`,
    [id, status],
  );
async function releases(id: string, name: string, bytes: Buffer): Promise<void> {
  const store = openReceived(on.portal.config.releasedStore);
  await store.put({
    stream: (async function* () {
      yield bytes;
    })(),
    expectedSha256: sha256Of(bytes) as never,
    sizeBytesMax: 10_000,
    sizeBytesExpected: null,
  });
  await on.sql.query(
    `INSERT INTO signer.release (request_id, artifact_sha256, artifact_size_bytes, artifact_name, released_at)
     VALUES ($1, $2, $3, $4, now())`,
    [id, sha256Of(bytes), bytes.length, name],
  );
  await moves(id, 'completed');
}
const requests = async (): Promise<number> =>
  (await on.sql.query('SELECT 1 FROM portal.signing_request')).rows.length;

describe.skipIf(lacksTools('unzip'))('a workflow that used SignPath', () => {
  it('submits what its run uploaded with its attestation, waits for people, and unpacks what was signed', async () => {
    const bytes = archive();
    const action = step(await run(bytes));
    const { id, url } = await action.submit();
    expect(url).toBe(`http://127.0.0.1:1/requests/${id}`);
    const { rows } = await on.sql.query('SELECT * FROM portal.signing_request WHERE id = $1', [id]);
    expect(rows).toMatchObject([
      { artifact_sha256: sha256Of(bytes), artifact_name: 'package.zip', policy_slug: 'release-signing' },
    ]);
    await expect(action.download(id, folder.folder)).rejects.toThrow(/has released no file/);
    await moves(id, 'checking');
    const completed = action.completed(id);
    await moves(id, 'waiting-for-approval');
    const signed = zip([{ name: 'setup.exe', content: 'signed' }]);
    await releases(id, 'package.zip', Buffer.from(signed));
    expect((await completed).at(-1)).toBe('Completed');
    const unpacked = await action.download(id, folder.folder);
    expect([...unpacked.keys()]).toEqual(['setup.exe']);
    expect(unpacked.get('setup.exe')?.toString()).toBe('signed');
  });

  it.each(['setup.exe', 'tool.zip'])('gets %s back as the one file that it uploaded', async (name) => {
    const action = step(await run(archive(), name, false));
    const { id } = await action.submit();
    const signed = Buffer.from(zip([{ name: 'inner.exe', content: name }]));
    await releases(id, name, signed);
    const unpacked = await action.download(id, folder.folder);
    expect([...unpacked.keys()]).toEqual([name]);
    expect(unpacked.get(name)?.equals(signed)).toBe(true);
  });

  it('makes one request, whichever answers get lost and however often it runs', async () => {
    const artifact = await run(archive());
    const before = await requests();
    served.lose(2);
    const first = await step(artifact).submit();
    const [second, third] = await Promise.all([step(artifact).submit(), step(artifact).submit()]);
    expect([second.id, third.id]).toEqual([first.id, first.id]);
    expect(await requests()).toBe(before + 1);
    // What was refused may be asked again.
    await moves(first.id, 'denied');
    await expect(step(artifact).completed(first.id)).rejects.toThrow(/Denied/);
    expect((await step(artifact).submit()).id).not.toBe(first.id);
  });

  it('reads in one line what is wrong, and what to do', async () => {
    const artifact = await run(archive());
    const unattested = String(on.upload(archive()).id);
    const before = await requests();
    for (const [wrong, said] of [
      [{ apiToken: `${on.token.slice(0, -4)}AAAA` }, /token/i],
      [{ projectSlug: 'no-such-project' }, /Only the project no-such-project may|has no project/],
      [{ signingPolicySlug: 'nightly' }, /no signing policy nightly\. Use one of: release-signing/],
      [{ signingPolicySlug: 'Release Signing' }, /not a/],
      [{ signingPolicySlug: 'test-signing' }, /names no origin/],
      [{ artifactConfigurationSlug: 'other' }, /artifact configuration windows-package, not other\. Leave/],
      [{ repository: 'somebody/fork' }, /runs in somebody\/fork; .* takes builds of countersign-demo/],
      [{ parameters: [{ name: 'version', value: '1' }] }, /version/],
      [{ runId: '78' }, /isn’t one of run 78/],
      [{ gitHubToken: 'ghs_ended' }, /doesn’t let the token read .* actions: read/],
      [{ artifactId: unattested }, /keeps no build provenance .* actions\/attest-build-provenance/],
    ] as const) {
      await expect(step(artifact, wrong).submit()).rejects.toThrow(said);
    }
    await expect(
      step(artifact, { artifactConfigurationSlug: 'windows-package' }).submit(),
    ).resolves.toBeDefined();
    expect(await requests()).toBe(before + 1);
  });

  it('is told what is unreadable or unknown', async () => {
    const address = `${served.connectorUrl}/any/SigningRequests`;
    const headers = { authorization: `Bearer ${on.token}`, 'content-type': 'application/json' };
    const bad = await fetch(address, { method: 'POST', headers, body: '{"artifactId":"../1"}' });
    expect(bad.status).toBe(400);
    expect(bad.headers.get('content-type')).toBe('application/problem+json');
    expect(await bad.json()).toMatchObject({
      code: 'BODY_INVALID',
      error: expect.stringContaining('artifactId') as string,
      validationResult: { errors: [{ howToFix: expect.any(String) as string }] },
    });
    const nobody = await fetch(`${address}/00000000-0000-4000-8000-000000000000/Status`);
    expect(nobody.status).toBe(404);
    expect(await nobody.json()).toMatchObject({
      error: expect.stringContaining('no signing request') as string,
    });
  });

  it('hears at once that people are asked', async () => {
    const { id } = await step(await run(archive())).submit();
    await moves(id, 'checking');
    const read = Promise.withResolvers<undefined>();
    const { db: own } = on.portal;
    const db = {
      $queryRaw: async (...asked: Parameters<typeof own.$queryRaw>) => {
        const rows = await own.$queryRaw<unknown[]>(...asked);
        read.resolve(undefined);
        return rows;
      },
    };
    const told = readSignPathStatus({
      ctx: { ...on.ctx, db: db as never },
      input: {
        id: parseRequestId(id),
        hold: { milliseconds: 600_000, signal: new AbortController().signal },
      },
    });
    await read.promise;
    await moves(id, 'waiting-for-approval');
    expect(await told).toEqual({ status: 'WaitingForApproval', isFinalStatus: false });
  });

  it('isn’t held for longer than the portal says', async () => {
    const { id } = await step(await run(archive())).submit();
    answerFrom(on.start({ signPath: { holdSeconds: 1 } }));
    const status = await fetch(`${served.connectorUrl}/any/SigningRequests/${id}/Status`);
    expect(await status.json()).toEqual({
      status: 'InProgress',
      isFinalStatus: false,
      hasArtifactBeenDownloadedBySignPathInCaseOfArtifactRetrieval: true,
    });
  });
});
