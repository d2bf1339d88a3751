/** The session cookie → its person under the accepted policy, looked up again on every request. */
import { cookies } from 'next/headers';
import { getServerSession } from 'next-auth';
import { getToken } from 'next-auth/jwt';
import { z } from 'zod';
import { hostLabel, identityHostNames, identityHosts } from '#core/identity/index.ts';
import type { IdentityHost } from '#core/identity/index.ts';
import { serverOfAccounts } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { acceptedPolicy } from '../portal/index.ts';
import type { UserToken } from '../code-host/index.ts';
import type { Portal } from '../portal/index.ts';
import { personOfAccount } from '../actor/index.ts';
import type { Actor } from '../actor/index.ts';
import { identityInCookie } from './cookie.ts';
import { authOptions } from './options.ts';
import { readSecret } from '../session-secret/index.ts';
import { isOver } from './session-end.ts';

const sessionSchema = z.object({
  identity: z.object({ host: z.enum(identityHostNames), id: z.string().min(1) }),
  server: z.string().nullable(),
  development: z.boolean(),
  signedInAt: z.unknown().optional(),
  user: z.object({ name: z.string().nullish() }).optional(),
});

export async function sessionActor(portal: Portal): Promise<Actor> {
  const parsed = sessionSchema.safeParse(await getServerSession(authOptions(portal)));
  if (!parsed.success) return { kind: 'public' };
  const { identity, server, development, user, signedInAt } = parsed.data;
  if (isOver(signedInAt, portal.now())) return { kind: 'public' };
  // Once the configuration no longer allows development sessions, such a cookie has no effect.
  if (development && !portal.config.auth.development) return { kind: 'public' };
  const name = user?.name ?? `${hostLabel(identity.host)} account ${identity.id}`;
  const snapshot = (await acceptedPolicy(portal))?.snapshot;
  // The same number on another server is somebody else: who signed in there is nobody to this policy, and has nothing of an account here.
  if (!development && server !== serverOf(snapshot, identity.host)) return { kind: 'public' };
  const account: Actor = { kind: 'account', identity, name, development };
  if (snapshot === undefined) return account;
  return personOfAccount(snapshot, identity, development) ?? account;
}

const serverOf = (snapshot: PolicySnapshot | undefined, host: IdentityHost): string =>
  snapshot === undefined ? identityHosts[host].server : serverOfAccounts(snapshot, host);

const hostTokenSchema = z.object({
  hostToken: z.string().min(1).max(500),
  development: z.boolean(),
  signedInAt: z.unknown().optional(),
});

/**
 * The person's own token of the host that they signed in with, from the encrypted session cookie: it reads who they are and what is public, and
 * goes to that host alone. null without a session, and where the sign-in gave none.
 */
export async function sessionHostToken(portal: Portal): Promise<UserToken | null> {
  const jar = Object.fromEntries((await cookies()).getAll().map((cookie) => [cookie.name, cookie.value]));
  const token = await getToken({
    req: { cookies: jar, headers: {} } as unknown as Parameters<typeof getToken>[0]['req'],
    secret: readSecret(portal.config.auth.secretFile),
    secureCookie: portal.config.publicUrl.startsWith('https://'),
  });
  const parsed = hostTokenSchema.safeParse(token);
  if (!parsed.success || (parsed.data.development && !portal.config.auth.development)) return null;
  if (isOver(parsed.data.signedInAt, portal.now())) return null;
  const host = identityInCookie(token ?? {})?.host;
  return host === undefined ? null : { host, token: parsed.data.hostToken };
}
