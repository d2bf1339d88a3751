import Link from 'next/link';
import { readPolicySync } from '../../lib/platform/policy-sync/index.ts';
import { pageContext } from './page-context.ts';
import { StateIcon } from './state-icon.tsx';

/** Shown at the top of every page while there is a problem with the policy repository; most prominent if its history was rewritten. */
export async function PolicyAlarm() {
  // A failure to answer this must not keep the page from being shown.
  const sync = await pageContext()
    .then((ctx) => readPolicySync(ctx))
    .catch(() => null);
  if (sync === null || sync.health === 'Healthy' || sync.checkedAt === null) return null;
  const rewritten = sync.problem === 'rewritten';
  return (
    <div role="alert" className={`alarm ${rewritten ? 'alarm-loud' : ''}`}>
      <div className="page flex gap-3 py-3">
        <span className="mt-0.5 shrink-0">
          <StateIcon state="failed" size={20} />
        </span>
        <p className="min-w-0 break-words">
          <strong className="font-semibold">
            {rewritten
              ? 'The history of the policy repository was rewritten.'
              : sync.problem === 'stale'
                ? 'The policy in force is old: somebody may be withholding a newer one.'
                : 'The policy repository can’t be followed as it should be.'}
          </strong>{' '}
          The last good policy stays in force.{' '}
          <Link href="/status" className="underline">
            What happened
          </Link>
        </p>
      </div>
    </div>
  );
}
