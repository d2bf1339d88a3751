import type { Metadata } from 'next';
import Link from 'next/link';
import { PageTitle } from '../../_components/page-title.tsx';
import { stepAsks, stepNames } from '../../_components/step-names.ts';

export const metadata: Metadata = { title: 'How it works' };

export default function AboutPage() {
  return (
    <div className="page">
      <PageTitle
        title="How it works"
        lead="A signature says who published a program. Ours also says why you may believe it."
      />
      <div className="mt-10 grid gap-x-16 gap-y-14 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <section aria-labelledby="path">
          <h2 id="path" className="text-2xl">
            The path of a release
          </h2>
          <ol className="mt-5 grid gap-4">
            {Object.entries(stepNames).map(([step, name], index) => (
              <li key={step} className="grid grid-cols-[2.5rem_minmax(0,1fr)]">
                <span
                  aria-hidden="true"
                  className="grid h-7 w-7 place-items-center rounded-full border border-seal text-sm tabular-nums"
                >
                  {index + 1}
                </span>
                <span>
                  <strong className="font-semibold">{name}.</strong>{' '}
                  <span className="text-muted">{stepAsks[step as keyof typeof stepAsks]}</span>
                </span>
              </li>
            ))}
          </ol>
          <p className="mt-6 text-muted">
            Each step is written to a journal before the next begins, each entry sealed by a hash over the one
            before. Any failure keeps the file back, and the request’s page shows which line of which policy
            decided.
          </p>
        </section>
        <div className="grid content-start gap-14">
          <section aria-labelledby="apart">
            <h2 id="apart" className="text-2xl">
              Asking and deciding are kept apart
            </h2>
            <p className="mt-4 text-muted">
              This website takes requests and shows results. It holds no key and can’t approve anything. A
              separate program, the signer, reads the policies from their own repository, checks everything
              itself, and is the only one that can reach the keys. Whoever took over this website could ask
              for signatures and would be refused.
            </p>
          </section>
          <section aria-labelledby="not">
            <h2 id="not" className="text-2xl">
              What a signature does not say
            </h2>
            <ul className="mt-4 grid list-disc gap-2 ps-5 text-muted">
              <li>That the program has no bugs or weaknesses.</li>
              <li>That the source does what you want; it says which source that is.</li>
              <li>That no malware is in it; it says that none known to the scanner was found.</li>
            </ul>
          </section>
          <section aria-labelledby="check">
            <h2 id="check" className="text-2xl">
              Check it yourself
            </h2>
            <p className="mt-4 text-muted">
              Look up a file’s SHA-256 on the{' '}
              <Link className="link" href="/">
                home page
              </Link>
              , or verify its signature offline with the published{' '}
              <Link className="link" href="/certificates">
                certificates
              </Link>
              . Every release’s page has the command.
            </p>
          </section>
          <section aria-labelledby="misuse">
            <h2 id="misuse" className="text-2xl">
              Report misuse
            </h2>
            <p className="mt-4 text-muted">
              If something signed here misbehaves,{' '}
              <Link className="link" href="/report">
                report it
              </Link>
              . The foundation can stop a project’s signing at once.
            </p>
          </section>
          <section aria-labelledby="revoked">
            <h2 id="revoked" className="text-2xl">
              When a signature stops being good
            </h2>
            <p className="mt-4 text-muted">
              The foundation can{' '}
              <Link className="link" href="/revocations">
                revoke a certificate
              </Link>
              , as of a date. What was signed from then on is bad, and every page here says so within seconds:
              look it up again before you run it. What a timestamp proves to be older stays good.
            </p>
          </section>
        </div>
      </div>
    </div>
  );
}
