/** A lock per object of the store, taken by everything that is about to use or to remove it. */
import type { Sha256Hex } from '#core/ids/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { ArtifactStore } from '../platform/storage/index.ts';

/** Held until the transaction ends. Always taken in the same order, to avoid deadlocks. */
export async function lockObjects(transaction: Transaction, digests: readonly Sha256Hex[]): Promise<void> {
  for (const digest of [...new Set(digests)].sort()) {
    const name = `countersign:object:${digest}`;
    await transaction.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0)) IS NULL`;
  }
}

/**
 * A request that this transaction writes uses these objects: from here on nobody removes them, and they take no room of
 * `owners` any more. → those that aren't in the store, be it that they were removed a moment ago.
 */
export async function useObjects(
  transaction: Transaction,
  use: {
    readonly store: Pick<ArtifactStore, 'open'>;
    readonly owners: readonly string[];
    readonly digests: readonly Sha256Hex[];
    readonly at: Date;
  },
): Promise<readonly Sha256Hex[]> {
  const { store, owners, digests, at } = use;
  await lockObjects(transaction, digests);
  await transaction.upload.updateMany({
    where: { owner: { in: [...owners] }, sha256: { in: [...digests] }, freedAt: null, isStored: true },
    data: { freedAt: at },
  });
  const missing: Sha256Hex[] = [];
  for (const digest of digests) if ((await store.open(digest)) === null) missing.push(digest);
  return missing;
}

/** Which of these any request or audit export refers to; those stay, until a rule of retention removes them: what came again since isn’t that file any more. */
export async function referred(
  transaction: Transaction,
  digests: readonly Sha256Hex[],
): Promise<ReadonlySet<string>> {
  // Each part by an index of its own, and ended by the first row that it finds.
  const rows = await transaction.$queryRaw<readonly { readonly digest: string }[]>`
    SELECT digest FROM unnest(${[...digests]}::text[]) AS digest
     WHERE EXISTS (SELECT FROM portal.signing_request AS request WHERE request.artifact_sha256 = digest
                      AND NOT EXISTS (SELECT FROM portal.removed_file AS gone
                                       WHERE gone.request_id = request.id AND gone.file = 'artifact'))
        OR EXISTS (SELECT FROM portal.signing_request AS request WHERE request.bundle_sha256 = digest
                      AND NOT EXISTS (SELECT FROM portal.removed_file AS gone
                                       WHERE gone.request_id = request.id AND gone.file = 'bundle'))
        OR EXISTS (SELECT FROM portal.audit_export WHERE objects @> ARRAY[digest])`;
  return new Set(rows.map(({ digest }) => digest));
}
