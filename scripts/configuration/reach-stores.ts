/** Whether the buckets of a configuration can be used as its process uses them: asked with the process's own keys, of which nothing is told. */
import { createHash } from 'node:crypto';
import { isError } from '#core/error/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import { ConfigurationError, type StorePlace } from '../../lib/host/configuration/index.ts';
import {
  bucketIn,
  openObjectBucket,
  ObjectStoreError,
  type ObjectStore,
} from '../../lib/host/object-store/index.ts';
import type { Fault } from './check-files.ts';

/** What a process does with a store. */
type Right = 'reads' | 'writes';

const stores: Readonly<Record<string, readonly (readonly [path: readonly string[], right: Right])[]>> = {
  portal: [
    [['artifactStore'], 'writes'],
    [['releasedStore'], 'reads'],
  ],
  signer: [
    [['store', 'artifacts'], 'reads'],
    [['store', 'released'], 'writes'],
  ],
};

/** Nobody waits long before a start: one who doesn't answer now is told at once. */
const pace = {
  attemptsMax: 2,
  pauseMilliseconds: 200,
  pauseMillisecondsMax: 400,
  answerMilliseconds: 5_000,
  bytesPerSecondMin: 16 * 1024,
};

/** → faults in the order of the keys; folders aren't looked at here. `credentials`: the folder of what LoadCredential= hands over. */
export async function reachStores(
  process: string,
  value: unknown,
  credentials: string,
): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (const [path, right] of stores[process] ?? []) {
    const place = memberAt(value, path);
    if (place === undefined || typeof place === 'string') continue;
    try {
      const bucket = bucketIn(place.s3, { CREDENTIALS_DIRECTORY: credentials });
      await use(openObjectBucket({ ...bucket, pace }), right);
    } catch (error) {
      if (!isError(error, ObjectStoreError)) throw error;
      if (isError(error.cause, ConfigurationError)) {
        const { file, problems } = error.cause;
        for (const { message, fix } of problems)
          faults.push({ path: [...path, 's3', 'keys'], message: `${file}: ${message}`, fix });
        continue;
      }
      const [message, fix] = splitFix(error.message);
      faults.push({ path: [...path, 's3'], message: `This process ${right} there, but ${message}`, fix });
    }
  }
  return faults;
}

/** Nobody has that object; whether the answer is “no such object” or “no” is the question. */
const nothing = parseSha256Hex(createHash('sha256').update('countersign config check').digest('hex'));

async function use(store: ObjectStore, right: Right): Promise<void> {
  await store.stat(nothing);
  for await (const one of store.list('00')) if (one.sizeBytes >= 0) break;
  if (right === 'writes') await store.checkWritable();
}

/** What is wrong, and what to do, are sentences of the store's own. */
function splitFix(text: string): readonly [message: string, fix: string] {
  const end = text.indexOf('. ');
  return end === -1 ? [`${text.replace(/\.$/, '')}.`, ''] : [text.slice(0, end + 1), text.slice(end + 2)];
}

function memberAt(value: unknown, path: readonly string[]): StorePlace | undefined {
  let at = value;
  for (const step of path) at = (at as Readonly<Record<string, unknown>> | undefined)?.[step];
  return at as StorePlace | undefined;
}
