import type { SignersState, StopInForce } from '../../../lib/platform/signers/index.ts';
import { Time } from '../../_components/time.tsx';
import { Typed } from '../../_components/typed.tsx';

/** What is stopped, and at which signers, as each reports it. */
export function InForce({ stops, signers }: SignersState) {
  const away = signers.filter((signer) => !signer.works);
  return (
    <>
      <div className="mt-6" role="status">
        {stops.length === 0 ? (
          <p className="font-medium">Nothing is stopped.</p>
        ) : (
          <ul className="divide-y divide-rule rounded-xl border border-rule bg-surface">
            {stops.map((stop) => (
              <li key={stop.digest} className="break-words px-5 py-4">
                <Stop stop={stop} />
              </li>
            ))}
          </ul>
        )}
      </div>
      {away.length === 0 ? null : (
        <p className="mt-3 break-words text-sm text-muted">
          Not running: {away.map((signer) => signer.name).join(', ')}. Every signer reads what is stopped
          before it signs anything.
        </p>
      )}
    </>
  );
}

function Stop({ stop }: { readonly stop: StopInForce }) {
  const { project, reason, at, by, givenOn, confirmed, awaited, liftedAt } = stop;
  return (
    <>
      <p className="font-medium">
        {project === null ? 'Signing for all projects' : `Signing for ${project}`} has been stopped since{' '}
        <Time value={at} />: <Typed>{reason}</Typed>
      </p>
      <p className="mt-1 text-sm text-muted">
        {givenOn === null
          ? `Ordered by ${by}. A policy maintainer can lift it.`
          : `Ordered by ${by} on the host of ${givenOn}, and lifted there.`}
      </p>
      <dl className="mt-2 grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[max-content_1fr]">
        <dt className="text-muted">Confirmed by</dt>
        <dd>
          {confirmed.length === 0 ? 'no signer yet' : null}
          {confirmed.map((one, index) => (
            <span key={one.signer}>
              {index === 0 ? '' : ', '}
              {one.signer} (<Time value={one.at} />)
            </span>
          ))}
        </dd>
        <Names label="Not confirmed yet by" names={awaited} />
        <Names label="Lifted already at" names={liftedAt} />
      </dl>
    </>
  );
}

function Names({ label, names }: { readonly label: string; readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <>
      <dt className="text-muted">{label}</dt>
      <dd>{names.join(', ')}</dd>
    </>
  );
}
