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
          {programs.map((program) => (
            <li key={program.program} className="card p-5">
              <h3 className="text-lg">{program.title}</h3>
              <p className="mt-1.5 text-muted">{program.summary}</p>
              <p className="mt-1.5">Signs {programPhrase(program.program)}.</p>
              <p className="mt-3 text-sm">
                {program.reputationReview ? 'Reputation is reviewed' : 'No reputation review'} ·{' '}
                {program.reviewers === 1 ? 'one reviewer decides' : `${program.reviewers} reviewers decide`}
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
          {obligations.map((obligation) => (
            <div key={obligation.id}>
              <dt className="font-medium">{obligation.title}</dt>
              <dd className="mt-1 text-muted">{obligation.text}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section aria-labelledby="criteria">
        <h2 id="criteria" className="text-2xl">
          What reviewers check
        </h2>
        <dl className="mt-5 grid gap-5">
          {(criteria ?? []).map((criterion) => (
            <div key={criterion.id}>
              <dt className="font-medium">
                {criterion.title}
                {criterion.programs === undefined ? null : (
                  <span className="font-normal text-muted"> – {criterion.programs.join(', ')} only</span>
                )}
              </dt>
              <dd className="mt-1 text-muted">{criterion.text}</dd>
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
        {tracks.map((track) => (
          <div key={track.title}>
            <dt className="font-medium">{track.title}</dt>
            <dd className="mt-1 text-muted">
              {track.text}{' '}
              <a className="link break-words" href={track.contact}>
                {track.contact.replace(/^mailto:/, '')}
              </a>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
