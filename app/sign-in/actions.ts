'use server';

import { redirect } from 'next/navigation';
import { localPath } from '../../lib/platform/auth/index.ts';
import { developmentProviderId, runAuthAction } from '../../lib/platform/auth/web.ts';
import { beginAction } from '../../lib/platform/http/index.ts';
import { currentPortal } from '../../lib/platform/portal/index.ts';

const afterSignIn = '/approvals';

/** An action can be called with anything. */
function sentField(form: unknown, name: string): FormDataEntryValue | null {
  return form instanceof FormData ? form.get(name) : null;
}

/** Where the page that asked for the sign-in wants people back. */
function placeAfter(form: unknown): string {
  const to = sentField(form, 'to');
  return localPath(typeof to === 'string' ? to : null, afterSignIn);
}

/** Next.js has compared Origin and Host before this runs; next-auth checks its own token on top. */
export async function signInWithGitHub(form: unknown): Promise<void> {
  beginAction();
  redirect(await runAuthAction(currentPortal(), ['signin', 'github'], { callbackUrl: placeAfter(form) }));
}

export async function signInWithGitLab(form: unknown): Promise<void> {
  beginAction();
  redirect(await runAuthAction(currentPortal(), ['signin', 'gitlab'], { callbackUrl: placeAfter(form) }));
}

/** next-auth knows this provider only where the configuration allows it; elsewhere this ends at an error. */
export async function signInForDevelopment(form: unknown): Promise<void> {
  beginAction();
  const handle = sentField(form, 'handle');
  redirect(
    await runAuthAction(currentPortal(), ['callback', developmentProviderId], {
      callbackUrl: placeAfter(form),
      handle: typeof handle === 'string' ? handle : '',
    }),
  );
}

export async function signOut(): Promise<void> {
  beginAction();
  redirect(await runAuthAction(currentPortal(), ['signout'], { callbackUrl: '/' }));
}
