import { actorName } from '../../../lib/platform/auth/index.ts';
import { sessionActor } from '../../../lib/platform/auth/web.ts';
import { currentPortal } from '../../../lib/platform/portal/index.ts';
import type { Context } from '../../../lib/platform/portal/index.ts';
import { openRateLimit } from '../../../lib/platform/rate-limit/index.ts';
import { BadRequest, logFault, problemOf, problemResponse } from './problem.ts';

const writes = openRateLimit({ name: 'writes of people', points: 120, seconds: 60 });

/** As `answer`, for the portal's own pages: the session says who asks, and only this portal's pages may ask. */
export async function answerPerson(
  request: Request,
  work: (ctx: Context) => Promise<Response>,
): Promise<Response> {
  try {
    const portal = currentPortal();
    refuseForeignPage(request, portal.config.publicUrl);
    const actor = await sessionActor(portal);
    if (actor.kind === 'public') {
      throw new BadRequest({
        code: 'NOT_SIGNED_IN',
        message: 'You are not signed in.',
        fix: 'Sign in in another tab, then send this again: what you entered is still here.',
      });
    }
    await writes.count(portal.db, actorName(actor));
    return await work({ ...portal, actor });
  } catch (error) {
    const problem = problemOf(error);
    logFault(problem, error);
    return problemResponse(problem);
  }
}

/** Cookies are for this site only; that a page of this portal sends the form is checked all the same. */
function refuseForeignPage(request: Request, publicUrl: string): void {
  const origin = request.headers.get('origin');
  if (origin === new URL(publicUrl).origin) return;
  throw new BadRequest({
    code: 'FOREIGN_PAGE',
    message: 'This was sent by no page of this portal.',
    fix: `Open ${publicUrl} and use the form there; programs use /api/v1 with an API token.`,
  });
}
