import { cache } from 'react';
import { notFound, redirect } from 'next/navigation';
import { isError } from '#core/error/index.ts';
import { ApplicationsError, readApplication } from '../../../lib/applications/index.ts';
import type { ApplicationDetail } from '../../../lib/applications/index.ts';
import { pageContext } from '../../_components/page-context.ts';

/** The signed-in person's own application; otherwise to the sign-in, or not found. */
export const findApplication = cache(async (text: string, path: string): Promise<ApplicationDetail> => {
  await requireSignIn(path);
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null;
  const detail =
    id === null
      ? null
      : await readApplication({ ctx: await pageContext(), input: { id } }).catch((error: unknown) => {
          if (isError(error, ApplicationsError)) return null;
          throw error;
        });
  return detail ?? notFound();
});

export async function isSignedIn(): Promise<boolean> {
  const { actor } = await pageContext();
  return actor.kind === 'account' || actor.kind === 'person';
}

export async function requireSignIn(path: string): Promise<void> {
  if (!(await isSignedIn())) redirect(`/sign-in?to=${encodeURIComponent(path)}`);
}
