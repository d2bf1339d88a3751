import Link from 'next/link';
import { readPolicySync } from '../../lib/platform/policy-sync/index.ts';
import type { Context } from '../../lib/platform/portal/index.ts';
import { StateIcon } from './state-icon.tsx';
import { toneOf } from './status-badge.tsx';
import { Time } from './time.tsx';

/** How the signer follows the policy repository: the two states, and the reason where either isn't the best one. */
export async function FollowPanel({ ctx }: { readonly ctx: Context }) {
  const { sync, health, reason, accepted, observed, checkedAt, ...age } = await readPolicySync(ctx);
  const tones = {
    Synced: 'passed',
    OutOfSync: 'waiting',
    Unknown: 'not-reached',
    Healthy: 'passed',
    Degraded: 'failed',
  } as const;
  return (
    <section aria-labelledby="following" className="card mt-8 p-5 sm:p-6">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h2 id="following" className="text-lg">
          The signer and this repository
        </h2>
        {[sync, health].map((word) => (
          <span key={word} className={`badge ${toneOf[tones[word]]}`}>
            <StateIcon state={tones[word]} size={16} />
            {word}
          </span>
        ))}
      </div>
      {reason === null ? null : <p className="mt-3 break-words">{reason}</p>}
      {age.datedAt === null || age.alarmAt === null ? null : (
        <p className="mt-3 text-sm text-muted">
          Dated <Time value={age.datedAt} />. Without a newer commit, the signer raises an alarm on{' '}
          <Time value={age.alarmAt} />
          {age.stopAt === null ? null : (
            <>
              , and nothing is signed from <Time value={age.stopAt} /> on
            </>
          )}
          , so that nobody can withhold one unseen.
        </p>
      )}
      <p className="mt-3 text-sm text-muted">
        {accepted === null ? (
          'No commit is in force yet.'
        ) : (
          <>
            In force:{' '}
            <Link className="link" href={`/policy/history/${accepted}`}>
              <code className="hash">{accepted}</code>
            </Link>
            {observed === null || observed === accepted ? null : (
              <>
                {' '}
                · newest on the main branch: <code className="hash">{observed}</code>
              </>
            )}{' '}
            {checkedAt === null ? null : (
              <>
                · checked at <Time value={checkedAt} />
              </>
            )}
          </>
        )}
      </p>
    </section>
  );
}
