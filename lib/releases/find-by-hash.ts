import { parseRequestId } from '#core/ids/index.ts';
import type { RequestId, Sha256Hex } from '#core/ids/index.ts';
import { isRefused } from '../certificates/standing/index.ts';
import type { SignatureStanding } from '../certificates/standing/index.ts';
import type { Database } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { readFacts, releaseStandings } from '../signatures/index.ts';

export interface HashMatch {
  readonly requestId: RequestId;
  /** What the hash is of, seen from that request. */
  readonly as:
    | 'released artifact'
    | 'signed file'
    | 'file with a signature beside it'
    | 'signature'
    | 'submitted artifact'
    | 'file before signing';
  readonly name: string;
  /** How the release, or the file's own signature, stands; null for what isn't signed. */
  readonly standing: SignatureStanding | null;
}

const matchesMax = 50;

/** What this foundation knows of a file, by SHA-256: what is revoked first, then the strongest statement. Public. */
export async function findByHash(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now'>;
  readonly input: { readonly sha256: Sha256Hex };
}): Promise<readonly HashMatch[]> {
  const { ctx, input } = call;
  const { db } = ctx;
  const { sha256 } = input;
  const [releases, signed, unsigned, submitted, facts] = await Promise.all([
    db.release.findMany({ where: { artifactSha256: sha256 }, take: matchesMax }),
    db.signature.findMany({ where: { signedSha256: sha256 }, take: matchesMax }),
    db.signature.findMany({ where: { unsignedSha256: sha256 }, take: matchesMax }),
    db.signingRequest.findMany({
      where: { artifactSha256: sha256 },
      orderBy: { submittedAt: 'desc' },
      take: matchesMax,
    }),
    readFacts(ctx),
  ]);
  const named = await artifactNames(db, [...signed, ...unsigned]);
  const nameOf = ({ path, requestId }: Signed): string =>
    path === '' ? (named.get(requestId) ?? path) : path;
  const standings = await releaseStandings(
    ctx,
    releases.map((row) => parseRequestId(row.requestId)),
  );
  // A file that has its signature beside it is released as it was submitted: its hash is that of a signed file.
  const beside = unsigned.filter((row) => row.signaturePath !== null);
  const changed = unsigned.filter((row) => row.signaturePath === null);
  const matches = [
    ...releases.map((row) => {
      const id = parseRequestId(row.requestId);
      return match(id, 'released artifact', row.artifactName, standings.get(id) ?? unsignedRelease);
    }),
    ...signed.map((row) =>
      row.signaturePath === null
        ? match(row.requestId, 'signed file', nameOf(row), facts.judge(row))
        : match(row.requestId, 'signature', row.signaturePath, facts.judge(row)),
    ),
    ...beside.map((row) =>
      match(row.requestId, 'file with a signature beside it', nameOf(row), facts.judge(row)),
    ),
    ...submitted.map((row) => match(row.id, 'submitted artifact', row.artifactName, null)),
    ...changed.map((row) => match(row.requestId, 'file before signing', nameOf(row), null)),
  ];
  const refused = (hashMatch: HashMatch): boolean =>
    hashMatch.standing !== null && isRefused(hashMatch.standing.state);
  return [...matches.filter(refused), ...matches.filter((hashMatch) => !refused(hashMatch))];
}

interface Signed {
  readonly path: string;
  readonly requestId: string;
}

/** By the request's id, of the artifacts that are signed themselves: they have no path. */
async function artifactNames(db: Database, rows: readonly Signed[]): Promise<ReadonlyMap<string, string>> {
  const ids = rows.filter(({ path }) => path === '').map(({ requestId }) => requestId);
  if (ids.length === 0) return new Map();
  const found = await db.signingRequest.findMany({
    where: { id: { in: ids } },
    select: { id: true, artifactName: true },
  });
  return new Map(found.map(({ id, artifactName }) => [id, artifactName]));
}

/** Released but without a signature. */
const unsignedRelease: SignatureStanding = { state: 'unlisted', revocation: null, publisher: null };

const match = (
  requestId: string,
  as: HashMatch['as'],
  name: string,
  standing: SignatureStanding | null,
): HashMatch => ({ requestId: parseRequestId(requestId), as, name, standing });
