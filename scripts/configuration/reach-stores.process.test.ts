/** `config check` at buckets of a real S3 server, with users that have their own rights alone. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startObjectStorage, type RunningObjectStorage } from '../../dev/stack/index.ts';
import { freePort } from '../../dev/test/free-port.ts';
import { openRunFolder, removeRunFolder } from '../../dev/test/run-folder.ts';
import { reachStores } from './reach-stores.ts';

let paths: Awaited<ReturnType<typeof openRunFolder>>;
let server: RunningObjectStorage;
let credentials: string;
const [artifacts, released] = ['artifacts', 'released'].map((name) => `${name}-${randomUUID()}`) as [
  string,
  string,
];
beforeAll(async () => {
  paths = await openRunFolder();
  server = await startObjectStorage(paths, { users: ['portal', 'signer'] });
  await server.makeBucket(artifacts, { read: ['portal', 'signer'], write: ['portal'] });
  await server.makeBucket(released, { read: ['portal', 'signer'], write: ['signer'] });
  credentials = join(paths.state, 'credentials');
  mkdirSync(credentials);
  for (const [name, { accessKeyId, secretAccessKey }] of server.users)
    writeFileSync(
      join(credentials, `s3-${name}`),
      `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
      { mode: 0o600 },
    );
  writeFileSync(join(credentials, 'broken'), 'very-secret\n', { mode: 0o600 });
});
afterAll(async () => {
  await server.stop();
  removeRunFolder(paths.state);
});

const s3 = (bucket: string, credential: string, more: object = {}) => ({
  s3: {
    endpoint: server.url,
    region: server.region,
    bucket,
    prefix: '',
    addressing: 'path',
    keys: { credential },
    ...more,
  },
});
const portal = (store: object) =>
  reachStores('portal', { artifactStore: store, releasedStore: s3(released, 's3-portal') }, credentials);

describe('the check of a configuration with buckets', () => {
  it('has nothing to say where each process may do what it does', async () => {
    expect(await portal(s3(artifacts, 's3-portal'))).toEqual([]);
    const store = { artifacts: s3(artifacts, 's3-signer'), released: s3(released, 's3-signer') };
    expect(await reachStores('signer', { store }, credentials)).toEqual([]);
    expect(await reachStores('signer', { store: { artifacts: '/a', released: '/b' } }, credentials)).toEqual(
      [],
    );
    expect(await reachStores('responder', {}, credentials)).toEqual([]);
  });

  it('says who may not write where they do', async () => {
    // Each in the other's place.
    const found = await portal(s3(artifacts, 's3-signer'));
    expect(found).toMatchObject([{ path: ['artifactStore', 's3'] }]);
    expect(found[0]?.message).toMatch(
      /^This process writes there, but the bucket artifacts-.* 403 \(AccessDenied\)\.$/,
    );
    expect(found[0]?.fix).toMatch(/^Allow these keys what docs\/guides\/object-store.md lists/);
  });

  it('names what is wrong and its fix: bucket, keys, server, and a file that holds no keys', async () => {
    const said = async (store: object): Promise<string> =>
      (await portal(store))
        .map(({ path, message, fix }) => `${path.join('.')}: ${message} ${fix}`)
        .join('\n');
    expect(await said(s3('there-is-none', 's3-portal'))).toMatch(/403|there is no bucket there-is-none/);
    expect(
      await said(s3(artifacts, 's3-portal', { endpoint: `http://127.0.0.1:${await freePort()}` })),
    ).toMatch(/at http:.*127\.0\.0\.1:.* can’t be used: .* See that its server runs/);
    const broken = await said(s3(artifacts, 'broken'));
    expect(broken).toMatch(/artifactStore\.s3\.keys: .*broken:1: It is none of the lines/);
    expect(broken).not.toContain('very-secret');
    writeFileSync(
      join(credentials, 'other'),
      'aws_access_key_id = test:portal\naws_secret_access_key = very-secret\n',
      { mode: 0o600 },
    );
    const refused = await said(s3(artifacts, 'other'));
    expect(refused).toMatch(/403/);
    expect(refused).not.toContain('very-secret');
  });
});
