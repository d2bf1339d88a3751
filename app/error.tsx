'use client';

import { PageTitle } from './_components/page-title.tsx';

/** Says what a visitor can do. What broke is in the server's log, under the digest. */
export default function ErrorPage({ error }: { readonly error: Error & { readonly digest?: string } }) {
  return (
    <div className="page *:max-w-3xl">
      <PageTitle
        title="This page can’t be shown right now"
        lead="Something the portal needs did not answer. Signing does not depend on this page, and nothing was lost."
      />
      <p className="mt-6 flex flex-wrap gap-3">
        <a className="button" href="">
          Try again
        </a>
        <a className="button button-quiet" href="/readyz">
          See what is down
        </a>
      </p>
      {error.digest === undefined ? null : (
        <p className="mt-8 text-sm text-muted">
          Reference for the operators: <code>{error.digest}</code>
        </p>
      )}
    </div>
  );
}
