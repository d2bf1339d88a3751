import { actorName } from '../../lib/platform/auth/index.ts';
import { openRateLimit } from '../../lib/platform/rate-limit/index.ts';
import { pageContext } from './page-context.ts';

/** Far more than a person sends forms, far less than a program could. */
const limit = openRateLimit({ points: 120, seconds: 60 });

/** Counts a form that somebody sent. Who isn't signed in shares one count: no form does anything for them. */
export async function limitActions(): Promise<void> {
  const { actor } = await pageContext();
  if (actor.kind !== 'public') await limit.count(actorName(actor));
}
