import { parseRequestId } from '../core/ids/index.ts';
import type { RequestId, Sha256Hex } from '../core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';

export interface HashMatch {
  readonly requestId: RequestId;
  /** What the hash is of, seen from that request. */
  readonly as: 'released artifact' | 'signed file' | 'submitted artifact' | 'file before signing';
  readonly name: string;
}

const matchesMax = 50;

/** What this foundation knows of a file, by SHA-256: strongest statement first. Public. */
export async function findByHash(call: {
  readonly ctx: Pick<Context, 'db'>;
  readonly input: { readonly sha256: Sha256Hex };
}): Promise<readonly HashMatch[]> {
  const { db } = call.ctx;
  const { sha256 } = call.input;
  const [releases, signed, unsigned, submitted] = await Promise.all([
    db.release.findMany({ where: { artifactSha256: sha256 }, take: matchesMax }),
    db.signature.findMany({ where: { signedSha256: sha256 }, take: matchesMax }),
    db.signature.findMany({ where: { unsignedSha256: sha256 }, take: matchesMax }),
    db.signingRequest.findMany({
      where: { artifactSha256: sha256 },
      orderBy: { submittedAt: 'desc' },
      take: matchesMax,
    }),
  ]);
  return [
    ...releases.map((row) => match(row.requestId, 'released artifact', row.artifactName)),
    ...signed.map((row) => match(row.requestId, 'signed file', row.path)),
    ...submitted.map((row) => match(row.id, 'submitted artifact', row.artifactName)),
    ...unsigned.map((row) => match(row.requestId, 'file before signing', row.path)),
  ];
}

const match = (requestId: string, as: HashMatch['as'], name: string): HashMatch => ({
  requestId: parseRequestId(requestId),
  as,
  name,
});
