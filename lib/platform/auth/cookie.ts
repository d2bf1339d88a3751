/** Who a session cookie says somebody is. Encrypted, so only this portal wrote it; perhaps in the version before. */
import { z } from 'zod';
import { firstHost, identityHostNames } from '#core/identity/index.ts';
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
