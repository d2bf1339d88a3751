import type { Admission } from '../../../../lib/applications/questions/index.ts';
import { programPhrase } from '#core/formats/kind/index.ts';

/** What the foundation offers and asks, from its own file. */
export function Conditions({ admission }: { readonly admission: Admission }) {
  const { programs, eligibility, obligations, criteria, otherTracks } = admission;
  return (
    <div className="grid min-w-0 gap-12">
      <section aria-labelledby="programs">
        <h2 id="programs" className="text-2xl">
          What you can apply for
        </h2>
        <ul className="mt-5 grid gap-4">
          {programs.map((one) => (
            <li key={one.program} className="card p-5">
              <h3 className="text-lg">{one.title}</h3>
              <p className="mt-1.5 text-muted">{one.summary}</p>
              <p className="mt-1.5">Signs {programPhrase(one.program)}.</p>
              <p className="mt-3 text-sm">
                {one.reputationReview ? 'Reputation is reviewed' : 'No reputation review'} ·{' '}
                {one.reviewers === 1 ? 'one reviewer decides' : `${one.reviewers} reviewers decide`}
              </p>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="eligible">
        <h2 id="eligible" className="text-2xl">
          Who can apply
        </h2>
        <dl className="mt-5 grid gap-5">
          {eligibility.map((question) => (
            <div key={question.id}>
              <dt className="font-medium">
                {question.question}{' '}
                <span className="font-normal text-muted">The answer has to be {question.wanted}.</span>
              </dt>
              <dd className="mt-1 text-muted">{question.reason}</dd>
            </div>
          ))}
        </dl>
      </section>
      {otherTracks === undefined || otherTracks.length === 0 ? null : <OtherTracks tracks={otherTracks} />}
      <section aria-labelledby="promises">
        <h2 id="promises" className="text-2xl">
          What your project promises
        </h2>
        <dl className="mt-5 grid gap-5">
          {obligations.map((one) => (
            <div key={one.id}>
              <dt className="font-medium">{one.title}</dt>
              <dd className="mt-1 text-muted">{one.text}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section aria-labelledby="criteria">
        <h2 id="criteria" className="text-2xl">
          What reviewers check
        </h2>
        <dl className="mt-5 grid gap-5">
          {(criteria ?? []).map((one) => (
            <div key={one.id}>
              <dt className="font-medium">
                {one.title}
                {one.programs === undefined ? null : (
                  <span className="font-normal text-muted"> – {one.programs.join(', ')} only</span>
                )}
              </dt>
              <dd className="mt-1 text-muted">{one.text}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}

export function OtherTracks({ tracks }: { readonly tracks: NonNullable<Admission['otherTracks']> }) {
  return (
    <section aria-labelledby="tracks">
      <h2 id="tracks" className="text-2xl">
        Other ways
      </h2>
      <dl className="mt-5 grid gap-5">
        {tracks.map((one) => (
          <div key={one.title}>
            <dt className="font-medium">{one.title}</dt>
            <dd className="mt-1 text-muted">
              {one.text}{' '}
              <a className="link break-words" href={one.contact}>
                {one.contact.replace(/^mailto:/, '')}
              </a>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
