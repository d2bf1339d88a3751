import Link from 'next/link';
import { countRequests } from '../../lib/requests/index.ts';
import { acceptedPolicy } from '../../lib/platform/portal/index.ts';
import { recentReleases } from '../../lib/releases/index.ts';
import { countRevokedReleases } from '../../lib/signatures/index.ts';
import { Empty } from '../_components/empty.tsx';
import { shortHash } from '../_components/format.ts';
import { Rosette } from '../_components/mark.tsx';
import { pageContext } from '../_components/page-context.ts';
import { ReleaseTable } from '../_components/release-table.tsx';
import { SearchForm } from '../_components/search-form.tsx';
import { StopNotice } from '../_components/stop-notice.tsx';

export default async function HomePage() {
  const ctx = await pageContext();
  const [counts, accepted, releases, revoked] = await Promise.all([
    countRequests({ ctx }),
    acceptedPolicy(ctx),
    recentReleases({ ctx, input: { limit: 5 } }),
    countRevokedReleases(ctx, null),
  ]);
  const figures = [
    ['projects under policy', accepted?.snapshot.projects.size ?? 0, '/projects'],
    [signedWords(revoked), counts.get('completed') ?? 0, '/requests?status=completed'],
    ['requests denied or cancelled', counts.get('denied') ?? 0, '/requests?status=denied'],
    ['waiting for people', counts.get('waiting-for-approval') ?? 0, '/requests?status=waiting-for-approval'],
  ] as const;
  return (
    <>
      <section className="relative overflow-hidden border-b border-rule">
        <div className="pointer-events-none absolute -top-24 -right-40 hidden h-[44rem] w-[44rem] md:block lg:-right-16">
          <Rosette />
        </div>
        <div className="page relative py-16 sm:py-24">
          <h1 className="max-w-[13ch] text-[2.75rem] leading-[1.04] tracking-[-0.035em] sm:text-6xl">
            A signature that shows its reasons
          </h1>
          <p className="mt-6 max-w-[34rem] text-lg text-muted">
            Open-source programs signed here were built from the source they claim, approved by the people who
            maintain them, and scanned to the last file. Every decision is on the record, and you can check
            it.
          </p>
          <StopNotice ctx={ctx} project={null} />
          <div className="mt-9 max-w-[34rem]">
            <SearchForm />
          </div>
        </div>
      </section>

      <section aria-label="Figures" className="border-b border-rule bg-surface">
        <ul className="page grid grid-cols-2 lg:grid-cols-4">
          {figures.map(([name, value, href]) => (
            <li key={name} className="py-6 pe-4">
              <Link href={href} className="group block">
                <span className="block text-3xl font-semibold tracking-tight">{value}</span>
                <span className="text-muted group-hover:text-ink group-hover:underline">{name}</span>
              </Link>
            </li>
          ))}
        </ul>
      </section>

      <div className="page">
        <section aria-labelledby="releases" className="pt-16">
          <h2 id="releases" className="text-2xl">
            Recent releases
          </h2>
          {releases.length === 0 ? (
            <Empty title="Nothing has been released yet">
              Signed artifacts appear here once a request has passed every check and its maintainers have
              approved it.
            </Empty>
          ) : (
            <ReleaseTable items={releases} caption="The newest signed artifacts" />
          )}
        </section>

        <section aria-labelledby="believes" className="pt-20">
          <h2 id="believes" className="max-w-2xl text-2xl">
            The signer trusts nobody, this website least
          </h2>
          <p className="mt-3 max-w-[44rem] text-muted">
            A separate machine holds the keys. It takes requests from here and believes none of them; what it
            can’t prove for itself, it doesn’t sign.
          </p>
          <dl className="mt-8 grid gap-x-10 gap-y-8 sm:grid-cols-2 lg:grid-cols-3">
            {trustAnswers.map(([question, answer]) => (
              <div key={question} className="border-t-2 border-seal pt-4">
                <dt className="font-semibold">{question}</dt>
                <dd className="mt-1.5 text-muted">{answer}</dd>
              </div>
            ))}
          </dl>
        </section>

        {accepted === null ? null : (
          <p className="mt-16 text-sm text-muted">
            Policy in force: commit <code className="text-ink">{shortHash(accepted.commit)}</code>,{' '}
            {accepted.signers.length === 0
              ? 'pinned when the signer was installed'
              : `signed by ${accepted.signers.join(', ')}`}
            .
          </p>
        )}
      </div>
    </>
  );
}

/** The number is of what was ever signed: what of it is revoked belongs beside it. */
const signedWords = (revoked: number): string =>
  revoked === 0 ? 'artifacts signed' : `artifacts signed, ${revoked} revoked since`;

const trustAnswers = [
  [
    'Which policy holds?',
    'A commit that enough policy maintainers have signed, and that descends from the last one.',
  ],
  [
    'Where was it built?',
    'Provenance signed by the build system, matched to repository, workflow, branch and file.',
  ],
  [
    'What is inside?',
    'The bytes it hashed and unpacked itself, held against the project’s declared contents.',
  ],
  [
    'Is it clean?',
    'A malware scan of every file inside, with a fresh database. Not scanned means not signed.',
  ],
  [
    'Did people agree?',
    'Maintainers’ own signatures over this exact file and commit. A click counts for nothing.',
  ],
  ['Does it verify?', 'Each signature is checked and timestamped before the file leaves the machine.'],
] as const;
