/** The session cookie → who that is under the accepted policy, looked up anew on every request. */
import { cookies } from 'next/headers';
import { getServerSession } from 'next-auth';
import { getToken } from 'next-auth/jwt';
import { z } from 'zod';
import { acceptedPolicy } from '../portal/index.ts';
import type { Portal } from '../portal/index.ts';
import { personOfAccount } from '../actor/index.ts';
import type { Actor } from '../actor/index.ts';
import { authOptions } from './options.ts';
import { readSecret } from './secret.ts';

const sessionSchema = z.object({
  githubId: z.string().min(1),
  development: z.boolean(),
  user: z.object({ name: z.string().nullish() }).optional(),
});

export async function sessionActor(portal: Portal): Promise<Actor> {
  const parsed = sessionSchema.safeParse(await getServerSession(authOptions(portal)));
  if (!parsed.success) return { kind: 'public' };
  const { githubId, development, user } = parsed.data;
  // A development session outlives the configuration that allowed it only as a cookie, not as a right.
  if (development && !portal.config.auth.development) return { kind: 'public' };
  const name = user?.name ?? `GitHub account ${githubId}`;
  const snapshot = (await acceptedPolicy(portal))?.snapshot;
  if (snapshot === undefined) return { kind: 'account', githubId, name, development };
  return personOfAccount(snapshot, githubId, development) ?? { kind: 'account', githubId, name, development };
}

const hostTokenSchema = z.object({ hostToken: z.string().min(1).max(500), development: z.boolean() });

/**
 * The person's own token of the code host, from the encrypted session cookie: it reads who they are and what is public.
 * null without a session, and where the sign-in gave none.
 */
export async function sessionHostToken(portal: Portal): Promise<string | null> {
  const jar = Object.fromEntries((await cookies()).getAll().map((one) => [one.name, one.value]));
  const token = await getToken({
    req: { cookies: jar, headers: {} } as unknown as Parameters<typeof getToken>[0]['req'],
    secret: readSecret(portal.config.auth.secretFile),
    secureCookie: portal.config.publicUrl.startsWith('https://'),
  });
  const parsed = hostTokenSchema.safeParse(token);
  if (!parsed.success || (parsed.data.development && !portal.config.auth.development)) return null;
  return parsed.data.hostToken;
}
