/** Who a session cookie says somebody is. Encrypted, so only this portal wrote it; perhaps in the version before. */
import { z } from 'zod';
import { firstHost, identityHostNames, identityHosts, isOnFirstHost } from '#core/identity/index.ts';
import type { Identity } from '#core/identity/index.ts';

const identitySchema = z.object({ host: z.enum(identityHostNames), id: z.string().min(1).max(40) });
/** Of before there were hosts: cookies of that version are good until they end. */
const earlierSchema = z.string().min(1).max(40);

/** null: nobody. A host that isn't known here, too. */
export function identityInCookie(token: Readonly<Record<string, unknown>>): Identity | null {
  if (token['identity'] !== undefined) return identitySchema.safeParse(token['identity']).data ?? null;
  const earlier = earlierSchema.safeParse(token['githubId']);
  return earlier.success ? { host: firstHost, id: earlier.data } : null;
}

const serverSchema = z.string().min(1).max(200);

/** The server whose account that is. Cookies of a host that has one server alone don't say; null: nobody knows. */
export function serverInCookie(token: Readonly<Record<string, unknown>>): string | null {
  const named = serverSchema.safeParse(token['server']);
  if (named.success) return named.data;
  const identity = token['server'] === undefined ? identityInCookie(token) : null;
  return identity !== null && isOnFirstHost(identity) ? identityHosts[firstHost].server : null;
}
