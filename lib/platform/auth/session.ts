/** The session cookie → who that is under the accepted policy, looked up anew on every request. */
import { getServerSession } from 'next-auth';
import { z } from 'zod';
import { parsePersonHandle } from '../../core/ids/index.ts';
import { acceptedPolicy } from '../portal/index.ts';
import type { Portal } from '../portal/index.ts';
import { rolesOf } from './actor.ts';
import type { Actor } from './actor.ts';
import { authOptions } from './options.ts';

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
  if (snapshot === undefined) return { kind: 'account', githubId, name };
  for (const [handle, person] of snapshot.people) {
    if (person.value.githubId !== githubId) continue;
    return {
      kind: 'person',
      handle: parsePersonHandle(handle),
      githubId,
      name: person.value.name,
      roles: rolesOf(snapshot, handle),
      development,
    };
  }
  return { kind: 'account', githubId, name };
}
