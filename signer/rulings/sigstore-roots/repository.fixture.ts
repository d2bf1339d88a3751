/** A TUF repository that really signs, behind a mirror on the loopback interface that can be told to lie. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Key,
  Metadata,
  MetaFile,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from '@tufjs/models';
import type { TufRepository } from '#core/generated/index.ts';

export interface Publication {
  /** null: the repository has none. */
  readonly trustedRoot: string | null;
  readonly expiresInDays?: Partial<Record<'root' | 'timestamp' | 'snapshot' | 'targets', number>>;
  /** Signs the timestamp with a key that the root doesn't name. */
  readonly forged?: boolean;
  /** Has another key sign timestamps from now on, which a newer root says. */
  readonly rotate?: boolean;
}

interface Signer {
  readonly key: Key;
  readonly sign: (data: Buffer) => Signature;
}

function newSigner(): Signer {
  const { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject } =
    generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  const keyID = createHash('sha256').update(raw).digest('hex');
  const key = new Key({ keyID, keyType: 'ed25519', scheme: 'ed25519', keyVal: { public: raw } });
  return { key, sign: (data) => new Signature({ keyID, sig: sign(null, data, privateKey).toString('hex') }) };
}

type Answer = (response: ServerResponse, path: string) => void;

export async function openTufRepository() {
  const rootSigner = newSigner();
  let online = newSigner();
  const stranger = newSigner();
  let version = 0;
  let rootVersion = 0;
  let files = new Map<string, string>();
  /** Takes the place of what the mirror has. */
  let lie: Answer | null = null;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/repository\//, '');
    asked.push(path);
    if (lie === null) answer(response, path);
    else lie(response, path);
  });
  const answer: Answer = (response, path) => {
    const text = files.get(path);
    if (text === undefined) response.writeHead(404).end('not here');
    else response.end(text);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const mirror = `http://127.0.0.1:${port}/repository`;

  const text = (metadata: { toJSON(): unknown }): string => JSON.stringify(metadata.toJSON());
  const about = (days = 30) => ({
    specVersion: '1.0.31',
    expires: new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z'),
  });
  const publishRoot = (days?: number): string => {
    rootVersion += 1;
    const root = new Root({ ...about(days), version: rootVersion, consistentSnapshot: true });
    root.addKey(rootSigner.key, 'root');
    for (const role of ['timestamp', 'snapshot', 'targets']) root.addKey(online.key, role);
    const signed = new Metadata(root);
    signed.sign(rootSigner.sign);
    files.set(`${rootVersion}.root.json`, text(signed));
    return text(signed);
  };
  /** Makes a newer version of everything but the root → what the mirror has then. */
  const publish = ({
    trustedRoot,
    expiresInDays = {},
    forged = false,
    rotate = false,
  }: Publication): void => {
    if (rotate) online = newSigner();
    if (rotate || expiresInDays.root !== undefined) publishRoot(expiresInDays.root);
    version += 1;
    const targets = new Targets({ ...about(expiresInDays.targets), version });
    if (trustedRoot !== null) {
      const sha256 = createHash('sha256').update(trustedRoot).digest('hex');
      const length = Buffer.byteLength(trustedRoot);
      targets.addTarget(new TargetFile({ path: 'trusted_root.json', length, hashes: { sha256 } }));
      files.set(`targets/${sha256}.trusted_root.json`, trustedRoot);
    }
    const snapshot = new Snapshot({
      ...about(expiresInDays.snapshot),
      version,
      meta: { 'targets.json': new MetaFile({ version }) },
    });
    const timestamp = new Timestamp({
      ...about(expiresInDays.timestamp),
      version,
      snapshotMeta: new MetaFile({ version }),
    });
    for (const [place, signed, signer] of [
      [`${version}.targets.json`, new Metadata(targets), online],
      [`${version}.snapshot.json`, new Metadata(snapshot), online],
      ['timestamp.json', new Metadata(timestamp), forged ? stranger : online],
    ] as const) {
      signed.sign(signer.sign);
      files.set(place, text(signed));
    }
  };

  const root = publishRoot();
  const tuf = (changes: Partial<TufRepository> = {}): TufRepository => ({
    kind: 'custom',
    mirror,
    root,
    staleDays: 7,
    ...changes,
  });
  return {
    tuf,
    publish,
    asked,
    /** What the mirror has now, to put it back later: a mirror that goes back in time. */
    keep() {
      const kept = new Map(files);
      return () => void (files = kept);
    },
    lie: (other: Answer | null) => void (lie = other),
    /** What a mirror answers that doesn't lie. */
    answer,
    replace: (place: string, contents: string) => void files.set(place, contents),
    places: () => [...files.keys()],
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
