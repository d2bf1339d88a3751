/** A real S3 server for a test file, and buckets in it. */
import { randomUUID } from 'node:crypto';
import { startObjectStorage } from '../../../../dev/stack/index.ts';
import { openRunFolder, removeRunFolder } from '../../../../dev/test/run-folder.ts';
import { openConnection } from './ask.ts';
import { usualPace } from './pace.ts';
import type { S3Keys, S3KeySource, S3Place } from './place.ts';

export interface TestServer {
  readonly lastingKeys: S3Keys;
  readonly keys: S3KeySource;
  newPlace(prefix?: string): Promise<S3Place>;
  /** Somebody else puts these bytes under that name. */
  overwrite(place: S3Place, sha256: string, body: Uint8Array): Promise<void>;
  end(): Promise<void>;
}

export async function startTestServer(): Promise<TestServer> {
  const paths = await openRunFolder();
  const server = await startObjectStorage(paths);
  const { url, region, accessKeyId, secretAccessKey } = server;
  const lastingKeys = { accessKeyId, secretAccessKey, sessionToken: null };
  const keys = () => Promise.resolve(lastingKeys);
  return {
    lastingKeys,
    keys,
    async newPlace(prefix = 'of/these/') {
      const bucket = `bucket-${randomUUID()}`;
      const place: S3Place = { endpoint: url, region, bucket, prefix, addressing: 'path' };
      (await openConnection(place, keys, usualPace)({ method: 'PUT', key: '' })).close();
      return place;
    },
    async overwrite(place, sha256, body) {
      const key = `${place.prefix}${sha256.slice(0, 2)}/${sha256.slice(2)}`;
      (await openConnection(place, keys, usualPace)({ method: 'PUT', key, body })).close();
    },
    async end() {
      await server.stop();
      removeRunFolder(paths.state);
    },
  };
}
