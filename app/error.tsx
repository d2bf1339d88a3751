'use client';

import { PageTitle } from './_components/page-title.tsx';

/** Says what a visitor can do, on the way from page to page. What broke is in the server's log, under the digest: the request's id. */
export default function ErrorPage({ error }: { readonly error: Error & { readonly digest?: string } }) {
  return (
    <div className="page *:max-w-3xl">
      <PageTitle
        title="This page can’t be shown"
        lead="The portal failed to show it. Signing does not depend on this page, and nothing was lost."
      />
      <p className="mt-6 flex flex-wrap gap-3">
        <a className="button" href="">
          Load it again
        </a>
        <a className="button button-quiet" href="/readyz">
          See what is down
        </a>
      </p>
      {error.digest === undefined ? null : (
        <p className="mt-8 text-muted">
          Where nothing is down, loading it again is unlikely to help: tell the operators of this portal, with
          the reference <code>{error.digest}</code>. Their log has it.
        </p>
      )}
    </div>
  );
}
