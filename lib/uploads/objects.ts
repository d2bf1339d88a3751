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

/** Which of these any request or audit export refers to; those stay for good. */
export async function referred(
  transaction: Transaction,
  digests: readonly Sha256Hex[],
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  const some = { in: [...digests] };
  // Two questions, each by its own index; of one digest there can be many requests.
  const artifacts = await transaction.signingRequest.groupBy({
    by: ['artifactSha256'],
    where: { artifactSha256: some },
  });
  for (const { artifactSha256 } of artifacts) known.add(artifactSha256);
  const bundles = await transaction.signingRequest.groupBy({
    by: ['bundleSha256'],
    where: { bundleSha256: some },
  });
  for (const { bundleSha256 } of bundles) if (bundleSha256 !== null) known.add(bundleSha256);
  const exported = await transaction.$queryRaw<{ digest: string }[]>`
    SELECT digest FROM unnest(${[...digests]}::text[]) AS digest
     WHERE EXISTS (SELECT FROM portal.audit_export WHERE objects @> ARRAY[digest])`;
  for (const { digest } of exported) known.add(digest);
  return known;
}
