/** Copies all objects of one store into another, both in use, and compares each there with its digest. What is there already isn't sent again. */
import { createHash, randomBytes } from 'node:crypto';
import { CodedError, isError } from '#core/error/index.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import {
  ObjectStoreError,
  type ObjectFacts,
  type ObjectLister,
  type ObjectReader,
  type ObjectRemover,
  type ObjectWriter,
} from '../../lib/host/object-store/index.ts';

export interface CopyRequest {
  readonly from: ObjectReader & ObjectLister & Pick<ObjectRemover, 'remove'>;
  readonly to: ObjectReader & ObjectWriter & Pick<ObjectRemover, 'remove'>;
  /** Of what is there already, compares the sizes alone. */
  readonly isQuick: boolean;
  /** Removes from the source what was compared, a 256th of the store at a time, where nothing of that part failed. */
  readonly removes: boolean;
  /** Told after each object. */
  readonly onProgress: (progress: Progress) => void;
}

export interface Progress {
  /** Of 256. */
  readonly partsDone: number;
  readonly copiedObjects: number;
  readonly copiedBytes: number;
  /** Were there, and are what they should be. */
  readonly thereObjects: number;
  readonly removedObjects: number;
  readonly failedObjects: number;
}

export interface Failure {
  readonly sha256: Sha256Hex;
  readonly why: string;
}

/** More are counted, and not told one by one. */
const failuresMax = 100;
/** Each holds a part of an upload in memory: 5 MiB. */
const atOnce = 4;
const parts = 256;

/** Both places lead to one store: what would be removed from the one is what is in the other. */
export class SameStoreError extends CodedError<'SAME_STORE'> {
  static override readonly errorName = 'SameStoreError';
}

/**
 * Rejects with ObjectStoreError where a store can't be used: what was copied by then stays, and the next run goes on. With SameStoreError
 * before anything is removed.
 */
export async function copyStore(
  request: CopyRequest,
): Promise<Progress & { readonly failures: readonly Failure[] }> {
  const { from, to, removes, onProgress } = request;
  const sum = {
    partsDone: 0,
    copiedObjects: 0,
    copiedBytes: 0,
    thereObjects: 0,
    removedObjects: 0,
    failedObjects: 0,
  };
  const failures: Failure[] = [];
  if (removes) await requireTwoStores(request);
  for (let part = 0; part < parts; part += 1) {
    const listed: Listed[] = [];
    for await (const one of from.list(part.toString(16).padStart(2, '0'))) listed.push(one);
    const same: Sha256Hex[] = [];
    let failed = 0;
    const work = listed.values();
    const take = async (): Promise<void> => {
      for (const one of work) {
        const outcome = await copyOne(request, one);
        if (outcome.kind === 'failed') {
          failed += 1;
          sum.failedObjects += 1;
          if (failures.length < failuresMax) failures.push({ sha256: one.sha256, why: outcome.why });
        } else if (outcome.kind !== 'gone') {
          same.push(one.sha256);
          sum.copiedObjects += outcome.kind === 'copied' ? 1 : 0;
          sum.copiedBytes += outcome.kind === 'copied' ? one.sizeBytes : 0;
          sum.thereObjects += outcome.kind === 'there' ? 1 : 0;
        }
        onProgress({ ...sum });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, take));
    if (removes && failed === 0)
      for (const sha256 of same) {
        // Somebody may have taken it away again since.
        if ((await to.stat(sha256)) === null) continue;
        await from.remove(sha256);
        sum.removedObjects += 1;
      }
    sum.partsDone += 1;
    onProgress({ ...sum });
  }
  return { ...sum, failures };
}

/**
 * A link, a mount or a second name of a server can make one store look like two, and every object would be found where it is removed. So
 * something that nobody has is put into the one, and looked for in the other.
 */
async function requireTwoStores({ from, to }: CopyRequest): Promise<void> {
  const probe = randomBytes(32);
  const sha256 = parseSha256Hex(createHash('sha256').update(probe).digest('hex'));
  const bytes = (async function* () {
    yield await Promise.resolve(probe);
  })();
  const sizeBytes = probe.byteLength;
  await to.put({ bytes, expectedSha256: sha256, sizeBytesMax: sizeBytes, sizeBytesExpected: sizeBytes });
  const isThere = (await from.stat(sha256)) !== null;
  await to.remove(sha256);
  if (isThere)
    throw new SameStoreError(
      'SAME_STORE',
      'what is put into --to is found in --from: they are two names of one store, and nothing was removed from it',
    );
}

type Listed = ObjectFacts & { readonly sha256: Sha256Hex };
type Outcome =
  | { readonly kind: 'copied' | 'there' }
  /** Removed from the source since it was listed. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly why: string };

async function copyOne({ from, to, isQuick }: CopyRequest, { sha256, sizeBytes }: Listed): Promise<Outcome> {
  try {
    const before = await to.stat(sha256);
    if (before?.sizeBytes === sizeBytes && (isQuick || (await isWhole(to, sha256)))) return { kind: 'there' };
    const source = await from.open(sha256);
    if (source === null) return { kind: 'gone' };
    await to.put({
      bytes: source.bytes(),
      expectedSha256: sha256,
      sizeBytesMax: source.sizeBytes,
      sizeBytesExpected: source.sizeBytes,
    });
    if (await isWhole(to, sha256)) return { kind: 'copied' };
    return { kind: 'failed', why: 'it was stored, but what is read back has another digest' };
  } catch (cause) {
    const reason = reasonOf(cause);
    if (reason === null) throw cause;
    return { kind: 'failed', why: reason };
  }
}

/** As it is read back, hashed here. */
async function isWhole(to: ObjectReader, sha256: Sha256Hex): Promise<boolean> {
  const found = await to.open(sha256);
  if (found === null) return false;
  const hash = createHash('sha256');
  try {
    for await (const piece of found.bytes()) hash.update(piece);
  } catch (cause) {
    if (isError(cause, ObjectStoreError) && cause.code === 'OBJECT_CHANGED') return false;
    throw cause;
  }
  return hash.digest('hex') === sha256;
}

/** Of a fault of one object; null: of a store, which the next object would meet, too. Rethrows the source's own. */
function reasonOf(cause: unknown): string | null {
  if (!isError(cause, ObjectStoreError)) return null;
  // The source that couldn't be read is no sender that broke off.
  if (cause.code === 'OBJECT_TRUNCATED' && isError(cause.cause, ObjectStoreError)) {
    const inner = reasonOf(cause.cause);
    if (inner === null) throw cause.cause;
    return inner;
  }
  const isOfOne = ['OBJECT_DIGEST_MISMATCH', 'OBJECT_CHANGED', 'OBJECT_TRUNCATED', 'OBJECT_TOO_LARGE'];
  return isOfOne.includes(cause.code) ? `the source is damaged: ${cause.message}` : null;
}
