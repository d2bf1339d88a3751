import Link from 'next/link';

export function SiteFooter() {
  return (
    <footer className="mt-24 border-t border-rule">
      <div className="page flex flex-wrap items-baseline justify-between gap-x-8 gap-y-3 py-8 text-sm text-muted">
        <p>Free software under the Apache Licence 2.0. All times are UTC.</p>
        <nav aria-label="Reference" className="flex flex-wrap gap-x-6 gap-y-2">
          <Link href="/foundation" className="link inline-flex min-h-6 items-center">
            The foundation
          </Link>
          <Link href="/revocations" className="link inline-flex min-h-6 items-center">
            Revocations
          </Link>
          <Link href="/about" className="link inline-flex min-h-6 items-center">
            How it works
          </Link>
          <Link href="/reference" className="link inline-flex min-h-6 items-center">
            The REST API
          </Link>
          <a href="/docs/index.html" className="link inline-flex min-h-6 items-center">
            Documentation
          </a>
          <Link href="/report" className="link inline-flex min-h-6 items-center">
            Report a problem
          </Link>
          <Link href="/emergency-stop" className="link inline-flex min-h-6 items-center">
            Emergency stop
          </Link>
          <Link href="/status" className="link inline-flex min-h-6 items-center">
            Service state
          </Link>
        </nav>
      </div>
    </footer>
  );
}
