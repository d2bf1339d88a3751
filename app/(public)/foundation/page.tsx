import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { findConditions } from '../../../lib/applications/index.ts';
import { acceptedPolicy } from '../../../lib/platform/portal/index.ts';
import { findProjects, directoryQuerySchema } from '../../../lib/projects/index.ts';
import { reviewStatistics } from '../../../lib/reviews/index.ts';
import type { ReviewStatistics } from '../../../lib/reviews/index.ts';
import { countRequests } from '../../../lib/requests/index.ts';
import { signatureStates } from '../../../lib/certificates/standing/index.ts';
import { countSignatures } from '../../../lib/signatures/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { plural } from '../../_components/format.ts';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { standingWords } from '../../_components/standing-words.ts';

export const metadata: Metadata = { title: 'The foundation' };

/** Who issues the certificates, under which conditions, and the state of its queue. */
export default async function FoundationPage() {
  const ctx = await pageContext();
  const accepted = await acceptedPolicy(ctx);
  if (accepted === null) {
    return (
      <div className="page">
        <PageTitle title="The foundation" />
        <Empty title="There is no policy in force yet">
          The foundation’s description comes with the first one.
        </Empty>
      </div>
    );
  }
  const [statistics, counts, conditions, directory, signatures] = await Promise.all([
    reviewStatistics({ ctx }),
    countRequests({ ctx }),
    findConditions(ctx),
    findProjects({ ctx, input: directoryQuerySchema.parse({}) }),
    countSignatures(ctx),
  ]);
  const foundation = accepted.snapshot.foundation.value;
  const { subject, securityContact } = foundation;
  return (
    <div className="page">
      <PageTitle title={foundation.name} lead={conditions?.admission.summary} />
      <ul className="mt-10 grid gap-5 sm:grid-cols-2 lg:grid-cols-4">
        <Figure value={String(directory.all)} words="projects under policy" href="/projects" />
        <Figure
          value={String(counts.get('completed') ?? 0)}
          words={
            signatures.revokedReleases === 0
              ? 'artifacts signed'
              : `artifacts signed, ${signatures.revokedReleases} revoked since`
          }
          href="/requests?status=completed"
        />
        <Figure
          value={String(statistics.waiting)}
          words={`applications wait for the foundation${statistics.asked === 0 ? '' : `, ${statistics.asked} for their applicants`}`}
        />
        <Figure value={medianWords(statistics)} words={medianNote(statistics)} />
      </ul>
      <div className="mt-14 grid gap-x-12 gap-y-12 lg:grid-cols-2">
        <section aria-labelledby="decisions" className="min-w-0">
          <h2 id="decisions" className="text-2xl">
            Decisions of the last year
          </h2>
          <div className="card mt-4">
            <table className="rows">
              <caption className="sr-only">
                Decisions on applications in the last 365 days, by program
              </caption>
              <thead>
                <tr>
                  <th scope="col">Program</th>
                  <th scope="col">Accepted</th>
                  <th scope="col">Rejected</th>
                </tr>
              </thead>
              <tbody>
                {statistics.outcomes.map((outcome) => (
                  <tr key={outcome.program}>
                    <td>
                      {outcome.program === 'executables'
                        ? 'Executables and installers'
                        : 'Components and libraries'}
                    </td>
                    <td>{outcome.accepted} accepted</td>
                    <td>{outcome.rejected} rejected</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p className="mt-3 text-sm text-muted">
            The same{' '}
            <a className="link" href="/api/v1/statistics">
              as data
            </a>
            .
          </p>
        </section>
        <section aria-labelledby="signed" className="min-w-0">
          <h2 id="signed" className="text-2xl">
            Signed files by standing
          </h2>
          <dl className="facts card mt-4 p-5">
            {signatureStates
              .filter((state) => state === 'good' || signatures.files[state] > 0)
              .map((state) => (
                <Fact key={state} name={standingWords[state]}>
                  {plural(signatures.files[state], 'file')}
                </Fact>
              ))}
            {signatures.publishers.project === 0 ? null : (
              <Fact name="With projects’ own certificates">
                {plural(signatures.publishers.project, 'file')}
              </Fact>
            )}
          </dl>
        </section>
        <section aria-labelledby="who" className="min-w-0">
          <h2 id="who" className="text-2xl">
            Who it is
          </h2>
          <dl className="facts card mt-4 p-5">
            <Fact name="On certificates">
              O={subject.organization}
              {subject.locality === undefined ? '' : `, L=${subject.locality}`}
              {subject.country === undefined ? '' : `, C=${subject.country}`}
            </Fact>
            <Fact name="Home page">
              <a className="link" href={foundation.homepage}>
                {foundation.homepage.replace('https://', '')}
              </a>
            </Fact>
            {securityContact === undefined ? null : (
              <Fact name="Report misuse">
                <a className="link" href={securityContact}>
                  {securityContact.replace(/^mailto:/, '')}
                </a>
              </Fact>
            )}
            <Fact name="Conditions">
              <Link className="link" href="/apply">
                What it offers, to whom, and what it asks
              </Link>
            </Fact>
            <Fact name="Policy">
              <Link className="link" href="/policy/history">
                Every version that has been in force
              </Link>
            </Fact>
          </dl>
        </section>
      </div>
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Figure(props: { readonly value: string; readonly words: string; readonly href?: string }) {
  const inside = (
    <>
      <span className="block text-3xl font-semibold tracking-tight">{props.value}</span>
      <span className="text-muted">{props.words}</span>
    </>
  );
  return (
    <li className="card p-5">
      {props.href === undefined ? (
        inside
      ) : (
        <Link href={props.href} className="block hover:underline">
          {inside}
        </Link>
      )}
    </li>
  );
}

const medianWords = ({ median }: ReviewStatistics): string =>
  median === null ? 'Too few' : plural(Math.max(1, Math.ceil(median.days)), 'day');

const medianNote = ({ median }: ReviewStatistics): string =>
  median === null
    ? 'decisions yet to say how long they take'
    : `or less for half of the last ${median.of} decisions`;
