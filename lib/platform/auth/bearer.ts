/** Authenticates API tokens, of which the database holds only the SHA-256, and identity tokens of builds. */
import { apiTokenSha256, isApiToken } from '../api-token/index.ts';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import type { ApiToken, Transaction } from '../db/index.ts';
import { acceptedPolicy } from '../portal/index.ts';
import type { Portal } from '../portal/index.ts';
import { ExplainedError } from '../http/index.ts';
import { mayMakeTokens, personOfAccount } from '../actor/index.ts';
import type { Actor } from '../actor/index.ts';
import { isBuildToken, refuseExpired, verifyBuildToken } from '../build-token/index.ts';
import { providers } from '#core/origin/index.ts';
import { findByIdentity, serverOfAccounts } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';

type AuthErrorCode =
  | 'TOKEN_MALFORMED'
  | 'TOKEN_UNKNOWN'
  | 'TOKEN_REVOKED'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_MAKER_LEFT'
  | 'NO_ACCEPTED_POLICY'
  | 'NOT_SIGNED_IN'
  | 'NOT_ALLOWED';

export class AuthError extends ExplainedError<AuthErrorCode> {
  static override readonly errorName = 'AuthError';
}

/** `last_used_at` is for people; writing it on every call would make each read of the API a write. */
const lastUsedStepMilliseconds = 60_000;
/** A new address is recorded at once: the token is used elsewhere, too. */
const movedStepMilliseconds = 1_000;

/**
 * Authorization header → who that is. Without a header: the public. Rejects anything but a known token that is neither
 * revoked nor expired, and whose maker may make such tokens under the accepted policy: tokens of people who leave a team stop working.
 * `from` is the client's network address, where it is known. What has the form of an identity token is a build's.
 */
export async function bearerActor(
  portal: Portal,
  header: string | null,
  from: string | null,
): Promise<Actor> {
  if (header === null) return { kind: 'public' };
  const text = /^Bearer +(\S{1,16000})$/i.exec(header)?.[1];
  if (text !== undefined && isBuildToken(text)) return buildActor(portal, text);
  const row = await findToken(portal, header);
  refuseEnded(row, portal.now());
  const project = parseProjectSlug(row.projectSlug);
  const maker = await makerOf(portal, row);
  await noteUse(portal, row, from);
  return {
    kind: 'token',
    tokenId: row.id,
    project,
    name: row.name,
    maker,
    policies: row.policies.map((slug) => parsePolicySlug(slug)),
  };
}

async function buildActor(portal: Portal, text: string): Promise<Actor> {
  const snapshot = await snapshotInForce(portal);
  const verified = await verifyBuildToken({
    text,
    snapshot,
    audience: portal.config.publicUrl,
    keys: portal.buildKeys,
    now: portal.now(),
  });
  const { provider, issuer, token } = verified;
  const { repositoryId, run, attempt, accountId } = token;
  const accounts = providers[provider].identityToken?.accounts(issuer) ?? null;
  // Account 7 of one server isn't account 7 of another: then it is nobody's.
  const isKnownServer = accounts !== null && accounts.server === serverOfAccounts(snapshot, accounts.host);
  const person =
    !isKnownServer || accountId === null
      ? null
      : (findByIdentity(snapshot, { host: accounts.host, id: accountId })?.handle ?? null);
  return { kind: 'build', provider, repositoryId, run, attempt, person, verified };
}

async function findToken(portal: Portal, header: string): Promise<ApiToken> {
  const token = /^Bearer +(\S{1,200})$/i.exec(header)?.[1];
  if (token === undefined || !isApiToken(token)) {
    throw new AuthError({
      code: 'TOKEN_MALFORMED',
      message: 'The Authorization header does not hold a whole Countersign API token.',
      fix: 'Send "Authorization: Bearer csn_…" with the token exactly as it was shown when it was made: 53 characters.',
    });
  }
  const row = await portal.db.apiToken.findUnique({ where: { tokenSha256: apiTokenSha256(token) } });
  if (row !== null) return row;
  throw new AuthError({
    code: 'TOKEN_UNKNOWN',
    message: 'This portal has made no such API token.',
    fix: `Check that the token belongs to ${portal.config.publicUrl}; its project’s page lists its tokens for the team.`,
  });
}

function refuseEnded(row: ApiToken, now: Date): void {
  const another = `Make another on the page of its project: /projects/${row.projectSlug}/tokens`;
  if (row.revokedAt !== null) {
    throw new AuthError({
      code: 'TOKEN_REVOKED',
      message: `The API token “${row.name}” was revoked at ${row.revokedAt.toISOString()}.`,
      fix: another,
    });
  }
  if (row.expiresAt <= now) {
    throw new AuthError({
      code: 'TOKEN_EXPIRED',
      message: `The API token “${row.name}” expired at ${row.expiresAt.toISOString()}.`,
      fix: another,
    });
  }
}

async function snapshotInForce(portal: Portal): Promise<PolicySnapshot> {
  const snapshot = (await acceptedPolicy(portal))?.snapshot;
  if (snapshot !== undefined) return snapshot;
  throw new AuthError({
    code: 'NO_ACCEPTED_POLICY',
    message: 'The signer has not accepted a policy yet, so nobody’s token counts.',
    fix: 'Try again in a minute; /readyz says what is missing.',
  });
}

async function makerOf(portal: Portal, row: ApiToken) {
  const snapshot = await snapshotInForce(portal);
  const maker = personOfAccount(snapshot, { host: row.createdByHost, id: row.createdById }, false);
  if (maker !== null && mayMakeTokens(maker.roles, parseProjectSlug(row.projectSlug))) return maker.handle;
  throw new AuthError({
    code: 'TOKEN_MAKER_LEFT',
    message: `The API token “${row.name}” was made by ${row.createdBy}, who is no longer an author, approver or submitter of ${row.projectSlug}, so it no longer works.`,
    fix: `Somebody on the team makes another: /projects/${row.projectSlug}/tokens`,
  });
}

async function noteUse(portal: Portal, row: ApiToken, from: string | null): Promise<void> {
  const now = portal.now();
  const since = row.lastUsedAt === null ? Infinity : now.getTime() - row.lastUsedAt.getTime();
  if (since <= (row.lastUsedFrom === from ? lastUsedStepMilliseconds : movedStepMilliseconds)) return;
  await portal.db.apiToken.update({
    where: { id: row.id },
    data: { lastUsedAt: now, lastUsedFrom: from },
  });
}

/**
 * Checks the token again, within the transaction of its action: a body may take hours to arrive, and a revocation has to take
 * effect. A concurrent revocation waits until the transaction ends.
 */
export async function stillGood(transaction: Transaction, actor: Actor, now: Date): Promise<void> {
  if (actor.kind === 'build') refuseExpired(actor.verified, now);
  if (actor.kind !== 'token') return;
  await transaction.$queryRaw`SELECT id FROM portal.api_token WHERE id = ${actor.tokenId}::uuid FOR SHARE`;
  refuseEnded(await transaction.apiToken.findUniqueOrThrow({ where: { id: actor.tokenId } }), now);
}
