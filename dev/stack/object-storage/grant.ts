/** Rights of single users over single buckets, by Swift's own API: what bucket policies say at servers that have them. */
import type { StorageKeys } from './configuration.ts';

export interface Rights {
  readonly read: readonly StorageKeys[];
  readonly write: readonly StorageKeys[];
}

/** Makes the bucket, and the one beside it where Swift keeps the parts of large objects. */
export async function makeBucket(
  url: string,
  admin: StorageKeys,
  bucket: string,
  { read, write }: Rights,
): Promise<void> {
  const { accessKeyId, secretAccessKey } = admin;
  const signedIn = await fetch(`${url}/auth/v1.0`, {
    headers: { 'x-auth-user': accessKeyId, 'x-auth-key': secretAccessKey },
  });
  const [storage, token] = [signedIn.headers.get('x-storage-url'), signedIn.headers.get('x-auth-token')];
  if (!signedIn.ok || storage === null || token === null)
    throw new TypeError(`Swift let its administrator in with ${signedIn.status}`);
  const listOf = (users: readonly StorageKeys[]): string => users.map((user) => user.accessKeyId).join(',');
  for (const container of [bucket, `${bucket}+segments`]) {
    const made = await fetch(`${storage}/${encodeURIComponent(container)}`, {
      method: 'PUT',
      headers: {
        'x-auth-token': token,
        'x-container-read': listOf(read),
        'x-container-write': listOf(write),
      },
    });
    await made.body?.cancel();
    if (!made.ok) throw new TypeError(`Swift made ${container} with ${made.status}`);
  }
}
