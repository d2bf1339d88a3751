/** API tokens: random text shown once; the database holds only its SHA-256. */
import { createHash, randomBytes } from 'node:crypto';
import { parseProjectSlug } from '../../core/ids/index.ts';
import type { Portal } from '../portal/index.ts';
import { ExplainedError } from '../http/index.ts';
import type { Explanation } from '../http/index.ts';
import type { Actor } from './actor.ts';

type AuthErrorCode = 'TOKEN_MALFORMED' | 'TOKEN_UNKNOWN' | 'NOT_SIGNED_IN' | 'NOT_ALLOWED';

export class AuthError extends ExplainedError<AuthErrorCode> {
  constructor(explanation: Explanation<AuthErrorCode>) {
    super('AuthError', explanation);
  }
}

/** 256 random bits, so a plain hash suffices: there is nothing to guess. */
export function newApiToken(): { readonly token: string; readonly tokenSha256: string } {
  const token = `csn_${randomBytes(32).toString('base64url')}`;
  return { token, tokenSha256: hashToken(token) };
}

const hashToken = (token: string): string => createHash('sha256').update(token, 'utf8').digest('hex');
const tokenForm = /^Bearer (csn_[A-Za-z0-9_-]{43})$/;
/** `last_used_at` is for people; writing it on every call would make each read of the API a write. */
const lastUsedStepMilliseconds = 60_000;

/** Authorization header → who that is. Without a header: the public. Rejects anything but a known token. */
export async function bearerActor(portal: Portal, header: string | null): Promise<Actor> {
  if (header === null) return { kind: 'public' };
  const token = tokenForm.exec(header)?.[1];
  if (token === undefined) {
    throw new AuthError({
      code: 'TOKEN_MALFORMED',
      message: 'The Authorization header does not hold a Countersign API token.',
      fix: 'Send "Authorization: Bearer csn_…" with the token as it was shown when it was made.',
    });
  }
  const row = await portal.db.apiToken.findUnique({ where: { tokenSha256: hashToken(token) } });
  if (row?.revokedAt !== null) {
    throw new AuthError({
      code: 'TOKEN_UNKNOWN',
      message: 'This API token is unknown or was revoked.',
      fix: 'Ask a maintainer of the project for a new token.',
    });
  }
  const now = portal.now();
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() > lastUsedStepMilliseconds) {
    await portal.db.apiToken.update({ where: { id: row.id }, data: { lastUsedAt: now } });
  }
  return { kind: 'token', tokenId: row.id, project: parseProjectSlug(row.projectSlug), name: row.name };
}
