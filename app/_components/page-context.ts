import { cache } from 'react';
import { headers } from 'next/headers';
import { connection } from 'next/server';
import { sessionActor } from '../../lib/platform/auth/web.ts';
import { clientAddressOf, networkOf } from '../../lib/platform/client-address/index.ts';
import { currentPortal } from '../../lib/platform/portal/index.ts';
import type { Context } from '../../lib/platform/portal/index.ts';

/** The context of the page being rendered, with the person of the session cookie; once per request. */
export const pageContext = cache(async (): Promise<Context> => {
  // Never at build time: there is no configuration then.
  await connection();
  const portal = currentPortal();
  const address = clientAddressOf(await headers());
  return {
    ...portal,
    actor: await sessionActor(portal),
    network: address === null ? null : networkOf(address),
  };
});
