import NextAuth from 'next-auth';
import { authOptions } from '../../../../lib/platform/auth/web.ts';
import { currentPortal } from '../../../../lib/platform/portal/index.ts';

type AuthRoute = (
  request: Request,
  context: { params: Promise<{ nextauth: string[] }> },
) => Promise<Response>;

/** Opened per request, not per module: a build has no configuration. */
const handler: AuthRoute = (request, context) => {
  const route = NextAuth(authOptions(currentPortal())) as AuthRoute;
  return route(request, context);
};

export { handler as GET, handler as POST };
