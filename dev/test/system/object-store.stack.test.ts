/**
 * From a project's CI to a signed release with both stores in buckets of a real S3 server: portal and signer with keys of their own, each of
 * which may do what docs/guides/object-store.md lists and nothing else.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { StorePlace } from '../../../lib/host/configuration/index.ts';
import { openObjects, type ObjectStore } from '../../../lib/host/object-store/index.ts';
import { startTokenService, type TokenService } from '../../github/index.ts';
import { startObjectStorage, type RunningObjectStorage } from '../../stack/index.ts';
import { testFolder } from '../index.ts';
import { openRunFolder, removeRunFolder } from '../run-folder.ts';
import { approve, approveWhenAsked } from './approve.ts';
import { demoRun, packageWith, sha256 } from './demo-package.ts';
import { expectSigned } from './expect-signed.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';
import { PortalUnderTest, runAction } from './portal-under-test.ts';

const [artifacts, released] = ['example-artifacts', 'example-released'];
const project = 'esbuild-demo';

let folder: Awaited<ReturnType<typeof testFolder>>;
let storagePaths: Awaited<ReturnType<typeof openRunFolder>>;
let storage: RunningObjectStorage;
let tokens: TokenService;
let system: FoundationUnderTest;
let portal: PortalUnderTest;
/** Where a bucket is, for the one whose keys these are. */
let placeOf: (bucket: string, user: string) => StorePlace;
beforeAll(async () => {
  [folder, storagePaths, tokens] = await Promise.all([
    testFolder('object-store'),
    openRunFolder(),
    startTokenService(),
  ]);
  storage = await startObjectStorage(storagePaths, { users: ['portal', 'signer'] });
  await storage.makeBucket(artifacts, { read: ['portal', 'signer'], write: ['portal'] });
  await storage.makeBucket(released, { read: ['portal', 'signer'], write: ['signer'] });
  const keysFile = (user: string): string => join(folder.folder, `keys-${user}`);
  for (const [user, { accessKeyId, secretAccessKey }] of storage.users) {
    const lines = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
    await writeFile(keysFile(user), lines, { mode: 0o600 });
  }
  placeOf = (bucket, user) => ({
    s3: {
      endpoint: storage.url,
      region: storage.region,
      bucket,
      prefix: 'countersign/',
      addressing: 'path',
      keys: { file: keysFile(user) },
    },
  });
  system = await FoundationUnderTest.start({
    store: { artifacts: placeOf(artifacts, 'signer'), released: placeOf(released, 'signer') },
    adapt: async (policies) => {
      const edit = async (file: string, from: string, to: string): Promise<void> => {
        const text = await readFile(join(policies, file), 'utf8');
        expect(text).toContain(from);
        await writeFile(join(policies, file), text.replace(from, to));
      };
      await edit('trust/root.yaml', '    trustRoot: sigstore-public-good', '    trustRoot: development');
      const policy = 'projects/esbuild-demo/policies/release-signing.yaml';
      await edit(policy, 'buildSystem: development', 'buildSystem: github-actions');
    },
  });
  portal = await PortalUnderTest.start(system, tokens, {
    buildKeysOf: [tokens.issuer],
    stores: { artifactStore: placeOf(artifacts, 'portal'), releasedStore: placeOf(released, 'portal') },
  });
});
afterAll(async () => {
  // What a start that failed left out isn't there to be stopped.
  await (portal as PortalUnderTest | undefined)?.stop();
  await (system as FoundationUnderTest | undefined)?.stop();
  await Promise.all([storage.stop(), tokens.stop()]);
  removeRunFolder(storagePaths.state);
  await folder.release();
});

const run = () => ({ ...demoRun, issuer: tokens.issuer, runId: '77' });
const storeOf = (bucket: string, user: string): ObjectStore => openObjects(placeOf(bucket, user));
const contentOf = (bytes: Uint8Array) => ({
  bytes: (async function* () {
    yield await Promise.resolve(bytes);
  })(),
  expectedSha256: parseSha256Hex(sha256(bytes)),
  sizeBytesMax: bytes.byteLength,
  sizeBytesExpected: bytes.byteLength,
});

describe('with uploads and releases in buckets', () => {
  it('a job uploads in parts at one portal and the next, its file is signed, and what it downloads is verified', async () => {
    // More than a part of an upload to a bucket, so that both ways of putting are gone.
    const artifact = await packageWith('in buckets', { 'package/README.md': randomBytes(7 * 1024 ** 2) });
    const digest = parseSha256Hex(sha256(artifact));
    const identity = `Bearer ${tokens.sign(tokens.claims(portal.url, run()))}`;
    const begun = await fetch(`${portal.url}/api/v1/uploads`, {
      method: 'POST',
      headers: { authorization: identity, connection: 'close', 'content-type': 'application/json' },
      body: JSON.stringify({ project, sha256: digest, size: artifact.byteLength }),
    });
    expect(begun.status, await begun.clone().text()).toBe(201);
    const { id } = (await begun.json()) as { readonly id: string };
    const send = async (start: number, end: number): Promise<number> => {
      const { status } = await fetch(`${portal.url}/api/v1/uploads/${id}`, {
        method: 'PATCH',
        headers: {
          authorization: identity,
          // The next call is to a portal that knows nothing of this one's connections.
          connection: 'close',
          'content-type': 'application/partial-upload',
          'upload-offset': String(start),
        },
        body: Buffer.from(artifact.subarray(start, end)),
      });
      return status;
    };
    const cuts = [0, 1_000_001, 6_000_000, artifact.byteLength];
    for (const [at, end] of cuts.slice(1).entries()) {
      expect(await send(cuts[at] ?? 0, end)).toBe(204);
      // The next one knows of the upload what is in the database and in the bucket.
      await portal.stop();
      await portal.restart();
    }
    expect((await storeOf(artifacts, 'signer').stat(digest))?.sizeBytes).toBe(artifact.byteLength);

    const workspace = join(folder.folder, 'job');
    await mkdir(workspace);
    await writeFile(join(workspace, 'package.tgz'), artifact);
    await writeFile(join(workspace, 'bundle.json'), await system.attest(artifact, { run: run() }));
    const { look: meanwhile, approved } = approveWhenAsked((request) => approve(system, portal, request));
    const job = { folder: workspace, tokens, run: run(), meanwhile };
    const files = { file: 'package.tgz', bundle: 'bundle.json', wait: 'poll', output: 'signed' };
    const { status, log, outputs } = await runAction(job, {
      portal: portal.url,
      project,
      policy: 'release-signing',
      ...files,
    });
    expect(log).not.toContain('::error');
    await approved();
    expect(status).toBe(0);
    expect(outputs).toMatchObject({ state: 'completed', outcome: 'released' });
    await expectSigned(system, workspace, outputs['signed-files'] ?? '');

    // Nothing of it went through the folders that would have been used.
    const { paths } = system.foundation.stack;
    for (const unused of [paths.artifacts, paths.released])
      expect(existsSync(unused) ? await readdir(unused) : []).toEqual([]);
  });

  it('the portal’s keys put nothing among the releases, and the signer’s nothing among the uploads', async () => {
    for (const [bucket, user] of [
      [released, 'portal'],
      [artifacts, 'signer'],
    ] as const) {
      const bytes = randomBytes(100);
      await expect(storeOf(bucket, user).put(contentOf(bytes))).rejects.toThrow(/403 \(AccessDenied\)/);
      const large = randomBytes(6 * 1024 ** 2);
      await expect(storeOf(bucket, user).put(contentOf(large))).rejects.toThrow(/403/);
      await expect(storeOf(bucket, user).checkWritable()).rejects.toThrow(/Allow these keys what/);
    }
  });
});
