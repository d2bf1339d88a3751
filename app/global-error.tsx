'use client';

import './globals.css';

/** The last resort, where not even the frame of the pages can be drawn. */
export default function GlobalError({ error }: { readonly error: Error & { readonly digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <title>Error · Countersign</title>
        <main className="page py-16 *:max-w-3xl">
          <h1 className="text-3xl">Countersign can’t show this page</h1>
          <p className="mt-4 text-lg text-muted">
            The portal failed to show it. Signing does not depend on this website, and nothing was lost.
          </p>
          {error.digest === undefined ? null : (
            <p className="mt-4">
              Reference for the operators of this portal: <code>{error.digest}</code>
            </p>
          )}
          <p className="mt-6">
            <a className="button" href="">
              Load it again
            </a>
          </p>
        </main>
      </body>
    </html>
  );
}
