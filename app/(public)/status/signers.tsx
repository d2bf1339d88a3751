import Link from 'next/link';
import type { SignersState, WorkingSigner } from '../../../lib/platform/signers/index.ts';
import type { StepState } from '../../../lib/requests/index.ts';
import { plural } from '../../_components/format.ts';
import { StateIcon } from '../../_components/state-icon.tsx';
import { toneOf } from '../../_components/status-badge.tsx';
import { Time } from '../../_components/time.tsx';

/** Each signer, and what it hasn't confirmed yet. */
export function Signers({ signers, stops }: SignersState) {
  if (signers.length === 0) return null;
  return (
    <section aria-labelledby="signers" className="mt-10">
      <h2 id="signers" className="text-2xl">
        Signers
      </h2>
      <ul className="mt-4 divide-y divide-rule rounded-xl border border-rule bg-surface">
        {signers.map((signer) => (
          <li key={signer.name} className="px-5 py-4">
            <Signer
              signer={signer}
              unconfirmed={stops.filter(({ awaited }) => awaited.includes(signer.name)).length}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function stateOf({ works, stoppedAt, behind }: WorkingSigner): {
  readonly tone: StepState;
  readonly word: string;
} {
  if (stoppedAt !== null) return { tone: 'not-reached', word: 'Stopped' };
  if (!works) return { tone: 'failed', word: 'Silent' };
  return behind === null ? { tone: 'passed', word: 'Takes requests' } : { tone: 'waiting', word: 'Behind' };
}

function Signer({ signer, unconfirmed }: { readonly signer: WorkingSigner; readonly unconfirmed: number }) {
  const { name, seenAt, works, version, policyCommit, behind, revocations, lacksRevocations } = signer;
  const { tone, word } = stateOf(signer);
  return (
    <>
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h3 className="min-w-56 grow break-all text-base font-medium">{name}</h3>
        <span className={`badge ${toneOf[tone]}`}>
          <StateIcon state={tone} size={16} />
          {word}
        </span>
      </div>
      {behind === null || !works ? null : <p className="mt-2 break-words">Takes no requests: {behind}.</p>}
      {unconfirmed === 0 ? null : (
        <p className="mt-2 break-words">
          Has not confirmed {plural(unconfirmed, 'emergency stop')}.{' '}
          <Link className="link" href="/emergency-stop">
            Which
          </Link>
        </p>
      )}
      {lacksRevocations ? (
        <p className="mt-2">Has not confirmed every revocation, and signs nothing until it has.</p>
      ) : null}
      <dl className="mt-2 grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[max-content_1fr]">
        <dt className="text-muted">Last seen</dt>
        <dd>
          <Time value={seenAt} />
        </dd>
        {version === null ? null : (
          <>
            <dt className="text-muted">Version</dt>
            <dd>{version}</dd>
          </>
        )}
        {policyCommit === null ? null : (
          <>
            <dt className="text-muted">Policy</dt>
            <dd className="break-all">
              <Link className="link" href={`/policy/history/${policyCommit}`}>
                <code className="hash">{policyCommit}</code>
              </Link>
            </dd>
          </>
        )}
        {revocations === null ? null : (
          <>
            <dt className="text-muted">Register of revocations</dt>
            <dd>
              {revocations} revoked{lacksRevocations ? '' : '; everything confirmed'}
            </dd>
          </>
        )}
      </dl>
    </>
  );
}
