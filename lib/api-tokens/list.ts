import type { StoredIdentity } from '#core/identity/index.ts';
import { parsePersonHandle, parsePolicySlug } from '#core/ids/index.ts';
import type { PolicySlug, ProjectSlug } from '#core/ids/index.ts';
import { mayMakeTokens, personOfAccount } from '../platform/auth/index.ts';
import type { ApiToken } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { rightsOver } from './authorise.ts';
import type { TokenRights } from './authorise.ts';
import { activeTokens, activeTokensMax } from './create.ts';

/** made-by-somebody-who-left: it doesn't work, but works again if its maker returns before it expires. */
export type TokenState = 'active' | 'maker-left' | 'expired' | 'revoked';

export interface ListedToken {
  readonly id: string;
  readonly name: string;
  /** First digits of the token's SHA-256: the holder of a token can find out which one it is. */
  readonly fingerprint: string;
  readonly state: TokenState;
  /** Empty: no limit of its own. */
  readonly policies: readonly PolicySlug[];
  readonly maker: { readonly handle: string; readonly name: string };
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly lastUsedFrom: string | null;
  readonly revoked: { readonly at: Date; readonly by: string; readonly reason: string } | null;
}

export interface TokenList {
  /** Neither revoked nor expired, the newest first. */
  readonly active: readonly ListedToken[];
  /** The most recently revoked or expired, up to a limit. */
  readonly ended: readonly ListedToken[];
  /** What the reader may do. */
  readonly mayMake: boolean;
  readonly mayRevoke: boolean;
  readonly policies: readonly PolicySlug[];
}

const endedShownMax = 20;
const fingerprintDigits = 12;

/** A project's tokens, for its team and the foundation. */
export async function listTokens(call: {
  readonly ctx: Context;
  readonly input: { readonly project: ProjectSlug };
}): Promise<TokenList> {
  const { ctx, input } = call;
  const rights = await rightsOver(ctx, input.project);
  const now = ctx.now();
  const [active, ended] = await Promise.all([
    ctx.db.apiToken.findMany({
      where: activeTokens(input.project, now),
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      take: activeTokensMax * 2,
    }),
    ctx.db.apiToken.findMany({
      where: { projectSlug: input.project, NOT: activeTokens(input.project, now) },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      take: endedShownMax,
    }),
  ]);
  return {
    active: active.map((row) => listed(row, rights, now)),
    ended: ended.map((row) => listed(row, rights, now)),
    mayMake: rights.make,
    mayRevoke: rights.revoke,
    policies: [...rights.project.policies.keys()],
  };
}

function listed(row: ApiToken, { accepted, project }: TokenRights, now: Date): ListedToken {
  const { id, name, createdAt, expiresAt, lastUsedAt, lastUsedFrom } = row;
  const maker = personOfAccount(accepted.snapshot, makerOf(row), false);
  const stays = maker !== null && mayMakeTokens(maker.roles, project.slug);
  const known = accepted.snapshot.people.get(parsePersonHandle(row.createdBy))?.value.name;
  return {
    id,
    name,
    createdAt,
    expiresAt,
    lastUsedAt,
    lastUsedFrom,
    fingerprint: row.tokenSha256.slice(0, fingerprintDigits),
    policies: row.policies.map((slug) => parsePolicySlug(slug)),
    maker: { handle: row.createdBy, name: maker?.name ?? known ?? row.createdBy },
    state:
      row.revokedAt !== null ? 'revoked' : expiresAt <= now ? 'expired' : stays ? 'active' : 'maker-left',
    revoked:
      row.revokedAt === null
        ? null
        : { at: row.revokedAt, by: row.revokedBy ?? '', reason: row.revokedReason ?? '' },
  };
}

/** The account of who made it. */
export const makerOf = (row: ApiToken): StoredIdentity => ({ host: row.createdByHost, id: row.createdById });
