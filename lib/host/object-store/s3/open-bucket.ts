/**
 * The object store in a bucket of any S3 server: `<prefix><first two digits>/<other 62>`, as in a folder. Nothing rests on conditional
 * puts, which not every server has: under a digest there is only one content.
 */
import { randomUUID } from 'node:crypto';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { ObjectStoreError, type ObjectFacts, type ObjectStore } from '../object-store.ts';
import { readPage, readUnfinished, type Listed } from './answers.ts';
import { openConnection, type Ask } from './ask.ts';
import { usualPace, type Pace } from './pace.ts';
import { keyOf as keyIn, nameOf, type S3KeySource, type S3Place } from './place.ts';
import { factsOf, readObject, strange } from './read-object.ts';
import { understood, writeObject } from './write-object.ts';

const abandonedAfterMilliseconds = 24 * 60 * 60 * 1000;

export interface Bucket {
  readonly place: S3Place;
  readonly keys: S3KeySource;
  readonly pace?: Pace;
  readonly now?: () => number;
}

/** Asks nothing before it is used; the bucket has to be there. */
export function openObjectBucket({ place, keys, pace = usualPace, now = Date.now }: Bucket): ObjectStore {
  const ask = openConnection(place, keys, pace);
  const incoming = `${place.prefix}incoming/`;
  const keyOf = (sha256: Sha256Hex): string => keyIn(place, sha256);
  const temporaryKey = (): string => `${incoming}${now()}-${randomUUID()}`;
  const stat = async (sha256: Sha256Hex): Promise<ObjectFacts | null> => {
    const found = await factsOf({ place, ask, key: keyOf(sha256) });
    if (found === null) await checkThere(place, ask);
    return found;
  };
  const drop = async (key: string): Promise<void> => {
    (await ask({ method: 'DELETE', key })).close();
  };
  const store: ObjectStore = {
    stat,
    async open(sha256) {
      const facts = await stat(sha256);
      if (facts === null) return null;
      const { sizeBytes } = facts;
      const source = { place, ask, pace, key: keyOf(sha256) };
      return {
        ...facts,
        bytes: ({ start = 0, end = sizeBytes } = {}) => readObject(source, { sizeBytes, start, end, sha256 }),
      };
    },
    async put(request) {
      const written = await writeObject({ place, ask, keyOf, temporaryKey }, request);
      const { sha256, sizeBytes, key, created } = written;
      if (key === keyOf(sha256)) return { sha256, sizeBytes, created };
      try {
        const bytes = readObject({ place, ask, pace, key }, { sizeBytes, start: 0, end: sizeBytes, sha256 });
        return await store.put({
          bytes,
          expectedSha256: sha256,
          sizeBytesMax: sizeBytes,
          sizeBytesExpected: sizeBytes,
        });
      } finally {
        await drop(key).catch(() => undefined);
      }
    },
    // A bucket is on no file system.
    take: () => Promise.resolve(false),
    async checkWritable() {
      const key = temporaryKey();
      (await ask({ method: 'PUT', key, body: Buffer.from('probe') })).close();
      await drop(key);
    },
    async *list(prefix) {
      if (!/^[0-9a-f]{2}$/.test(prefix)) throw new RangeError(`not two hexadecimal digits: ${prefix}`);
      const part = `${place.prefix}${prefix}/`;
      for await (const { key, sizeBytes, modifiedAt } of listKeys(place, ask, part)) {
        const rest = key.slice(part.length);
        if (/^[0-9a-f]{62}$/.test(rest))
          yield { sha256: parseSha256Hex(prefix + rest), sizeBytes, modifiedAt };
      }
    },
    async remove(sha256) {
      if ((await stat(sha256)) === null) return false;
      await drop(keyOf(sha256));
      return true;
    },
    async removeAbandoned() {
      const before = now() - abandonedAfterMilliseconds;
      for await (const { key } of listKeys(place, ask, incoming)) {
        // The name says since when: the server's clock may be another.
        const [, since] = /^(\d{1,15})-/.exec(key.slice(incoming.length)) ?? [];
        if (since !== undefined && Number(since) < before) await drop(key);
      }
      await abortUnfinished(place, ask, before);
    },
  };
  return store;
}

async function checkThere(place: S3Place, ask: Ask): Promise<void> {
  const answer = await ask({ method: 'HEAD', key: '' });
  answer.close();
  if (answer.status === 404)
    throw new ObjectStoreError('STORE_MISSING', `there is no ${nameOf(place).replace(/^the /, '')}`);
}

/** All names that begin so, by pages. Rejects where a server goes on without end. */
export async function* listKeys(place: S3Place, ask: Ask, prefix: string): AsyncGenerator<Listed> {
  let after = '';
  let token: string | null = null;
  do {
    const query: Record<string, string> = { 'list-type': '2', prefix };
    if (token !== null) query['continuation-token'] = token;
    const answer = await ask({ method: 'GET', key: '', query });
    const page: ReturnType<typeof readPage> = await understood(place, answer.whole(), readPage);
    for (const entry of page.entries) {
      // In order, so none comes twice and the list ends.
      if (!entry.key.startsWith(prefix) || entry.key <= after)
        throw strange(place, 'its list of names isn’t in order, or has others than were asked for');
      after = entry.key;
      yield entry;
    }
    if (page.next !== null && page.entries.length === 0)
      throw strange(place, 'its list of names has an empty page that goes on');
    token = page.next;
  } while (token !== null);
}

async function abortUnfinished(place: S3Place, ask: Ask, before: number): Promise<void> {
  let next: { readonly key: string; readonly uploadId: string } | null = null;
  do {
    const query: Record<string, string> = { uploads: '', prefix: place.prefix };
    if (next !== null) {
      query['key-marker'] = next.key;
      query['upload-id-marker'] = next.uploadId;
    }
    const answer = await ask({ method: 'GET', key: '', query });
    const page: ReturnType<typeof readUnfinished> = await understood(place, answer.whole(), readUnfinished);
    for (const { key, uploadId, initiatedAt } of page.uploads) {
      if (!key.startsWith(place.prefix) || initiatedAt.getTime() >= before) continue;
      (await ask({ method: 'DELETE', key, query: { uploadId } })).close();
    }
    if (page.next !== null && page.uploads.length === 0)
      throw strange(place, 'its list of uploads has an empty page that goes on');
    next = page.next;
  } while (next !== null);
}
