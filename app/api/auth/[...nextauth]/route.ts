import NextAuth from 'next-auth';
import { authOptions } from '../../../../lib/platform/auth/web.ts';
import { currentPortal } from '../../../../lib/platform/portal/index.ts';
import { mediaType } from '../../_edge/body.ts';
import { BadRequest, problemOf, problemResponse } from '../../_edge/problem.ts';

type AuthRoute = (
  request: Request,
  context: { params: Promise<{ nextauth: string[] }> },
) => Promise<Response>;

const notAForm = new BadRequest({
  code: 'CONTENT_TYPE_UNSUPPORTED',
  message: 'A sign-in is sent as a form.',
  fix: 'Sign in on the page /sign-in.',
});

/** Opened per request, not per module: a build has no configuration. */
const handler: AuthRoute = (request, context) => {
  // Its forms are sent by the sign-in page's actions; it would fail on JSON that isn't its own.
  if (request.method === 'POST' && mediaType(request) !== 'application/x-www-form-urlencoded') {
    return Promise.resolve(problemResponse(problemOf(notAForm)));
  }
  const route = NextAuth(authOptions(currentPortal())) as AuthRoute;
  return route(request, context);
};

export { handler as GET, handler as POST };
