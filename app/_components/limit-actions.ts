import { beginAction } from '../../lib/platform/http/index.ts';
import { callerName, openRateLimit } from '../../lib/platform/rate-limit/index.ts';
import { pageContext } from './page-context.ts';

/** Far more than a person sends forms, far less than a program could. */
const limit = openRateLimit({ name: 'forms', points: 120, seconds: 60 });

/** Counts a form that somebody sent: by who they are, or by the network they come from. */
export async function limitActions(): Promise<void> {
  beginAction();
  const ctx = await pageContext();
  await limit.count(ctx.db, callerName(ctx));
}
