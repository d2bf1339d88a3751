'use server';

import { redirect } from 'next/navigation';
import { localPath } from '../../lib/platform/auth/index.ts';
import { developmentProviderId, runAuthAction } from '../../lib/platform/auth/web.ts';
import { currentPortal } from '../../lib/platform/portal/index.ts';

const afterSignIn = '/approvals';

/** Where the page that asked for the sign-in wants people back. */
function placeAfter(form: FormData): string {
  const to = form.get('to');
  return localPath(typeof to === 'string' ? to : null, afterSignIn);
}

/** Next.js has compared Origin and Host before this runs; next-auth checks its own token on top. */
export async function signInWithGitHub(form: FormData): Promise<void> {
  redirect(await runAuthAction(currentPortal(), ['signin', 'github'], { callbackUrl: placeAfter(form) }));
}

/** next-auth knows this provider only where the configuration allows it; elsewhere this ends at an error. */
export async function signInForDevelopment(form: FormData): Promise<void> {
  const handle = form.get('handle');
  redirect(
    await runAuthAction(currentPortal(), ['callback', developmentProviderId], {
      callbackUrl: placeAfter(form),
      handle: typeof handle === 'string' ? handle : '',
    }),
  );
}

export async function signOut(): Promise<void> {
  redirect(await runAuthAction(currentPortal(), ['signout'], { callbackUrl: '/' }));
}
