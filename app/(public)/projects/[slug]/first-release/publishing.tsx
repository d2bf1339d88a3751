import Link from 'next/link';
import type { SigningPolicy } from '#core/generated/index.ts';
import { providerOf } from '#core/origin/index.ts';
import { environmentOf, publishLines } from '../../../../../lib/onboarding/files/index.ts';
import { Copy } from './copy.tsx';

/** Where the job that publishes can wait without a runner: what its policy lacks for that. */
export function Publishing({ slug, policy }: { readonly slug: string; readonly policy: SigningPolicy }) {
  if (policy.origin === undefined || providerOf(policy.origin) !== 'github') return null;
  const guide = (
    <>
      The job that publishes waits on GitHub without a runner, once its environment has the foundation’s app
      as protection rule.
    </>
  );
  if (environmentOf(policy) !== null) return <p className="mt-3 text-muted">{guide}</p>;
  return (
    <Copy title="Lines of the policy that let a job wait for the release" text={publishLines}>
      {guide} With these lines in{' '}
      <Link className="link" href={`/projects/${slug}`}>
        the policy
      </Link>{' '}
      the text above has that job, too.
    </Copy>
  );
}

export function Lead() {
  return (
    <>
      The portal checks by itself which steps are done. Reload the page to have it check again. What builds
      can ask of it is in{' '}
      <Link className="link" href="/reference">
        the reference of the API
      </Link>
      .
    </>
  );
}
