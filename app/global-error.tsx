'use client';

import './globals.css';

/** The last resort, where not even the frame of the pages can be drawn. */
export default function GlobalError() {
  return (
    <html lang="en">
      <body>
        <title>Unavailable · Countersign</title>
        <main className="page py-16 *:max-w-3xl">
          <h1 className="text-3xl">Countersign can’t answer right now</h1>
          <p className="mt-4 text-lg text-muted">
            Signing does not depend on this website, and nothing was lost. Try again in a minute.
          </p>
          <p className="mt-6">
            <a className="button" href="">
              Try again
            </a>
          </p>
        </main>
      </body>
    </html>
  );
}
