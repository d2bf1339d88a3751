/** Answers for cases where neither a page nor a route could answer: a page for browsers, a problem document for programs. */
import { createHash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { problemKind, problemType } from '../problems/index.ts';
import type { ProblemCode } from '../problems/index.ts';

export interface Failure {
  readonly code: ProblemCode;
  /** What the page is headed with; left out, the problem's title. */
  readonly heading?: string;
  /** What happened. */
  readonly detail: string;
  /** What to do. */
  readonly fix: string;
  /** Whether the operators' log has more, under the request's id. */
  readonly logged?: boolean;
  readonly retryAfterSeconds?: number;
  /** Of a 405: what the address takes. */
  readonly allow?: string;
}

export const foreignOrigin = (publicUrl: string): Failure => ({
  code: 'FOREIGN_ORIGIN',
  detail: `This form was not sent from a page of this portal, which is at ${publicUrl}. Nothing was done.`,
  fix: `Open ${publicUrl} and do it there. Programs send an API token and no Origin.`,
});

export const tooLarge = (bytesMax: number): Failure => ({
  code: 'FORM_TOO_LARGE',
  detail: `A form takes at most ${new Intl.NumberFormat('en').format(bytesMax)} bytes. Nothing was done.`,
  fix: 'Go back: your browser still has what you entered. Shorten it, then send it again.',
});

export const formUnreadable = (bytesMax: number): Failure => ({
  code: 'FORM_UNREADABLE',
  detail: `It could not be read: it is truncated, not in the format that the portal’s pages send, or over ${new Intl.NumberFormat('en').format(bytesMax)} bytes. Nothing was done.`,
  fix: 'Load the page again, and fill the form in there. Programs use the API: /api/v1/openapi.yaml.',
});

export const zeroByte: Failure = {
  code: 'ADDRESS_INVALID',
  detail: 'The address contains a zero byte (%00), which no page or route accepts.',
  fix: 'Check the address, or start from the first page.',
};

export const notText: Failure = {
  code: 'ADDRESS_INVALID',
  detail: 'The address contains octets in percent signs that are no UTF-8 text.',
  fix: 'Check the address, or start from the first page.',
};

export const pageOutdated: Failure = {
  code: 'PAGE_OUTDATED',
  detail:
    'The portal was updated since that page was loaded, or the form is not one of the portal’s. Nothing was done.',
  fix: 'Go back: your browser still has what you entered. Copy it, load the page again, and send it from there.',
};

export const unavailable: Failure = {
  code: 'TEMPORARILY_UNAVAILABLE',
  heading: 'This page can’t be shown right now',
  detail:
    'A service that the portal needs did not answer. Signing does not depend on this page, and nothing was lost.',
  fix: 'Try again in a minute; /readyz says what is down.',
  logged: true,
  retryAfterSeconds: 10,
};

export const fault: Failure = {
  code: 'INTERNAL_ERROR',
  heading: 'Internal error of the portal',
  detail:
    'This page can’t be shown because of an internal error. Signing does not depend on it. Loading it again is unlikely to help.',
  fix: 'Tell the operators of this portal, with the reference below: their log has it.',
  logged: true,
};

export const noSuchRoute: Failure = {
  code: 'NOT_FOUND',
  detail: 'The API has nothing at this address.',
  fix: 'Compare the address with /api/v1/openapi.yaml.',
};

export const methodNotAllowed = (allow: string): Failure => ({
  code: 'METHOD_NOT_ALLOWED',
  detail: `This address doesn’t take this method. It takes ${allow}.`,
  fix: 'Compare the call with /api/v1/openapi.yaml.',
  allow,
});

export interface Rendered {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

export function asProblem(failure: Failure, requestId: string): Rendered {
  const { code, detail, fix } = failure;
  const { status, title } = problemKind(code);
  const problem = { type: problemType(code), title, status, code, detail, fix };
  return {
    status,
    headers: { ...headersOf(failure), 'content-type': 'application/problem+json' },
    body: `${JSON.stringify(failure.logged === true ? { ...problem, requestId } : problem)}\n`,
  };
}

/** Colours and measures of app/globals.css, which may be what could not be loaded. */
const style = `:root{color-scheme:light dark;--paper:#faf8f3;--ink:#17212b;--muted:#55606b;--accent:#0d4f5e}
@media(prefers-color-scheme:dark){:root{--paper:#0e1418;--ink:#e9edef;--muted:#a2aeb7;--accent:#86cdd6}}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 'Segoe UI','Helvetica Neue',Arial,sans-serif}
main{max-width:44rem;margin:0 auto;padding:4rem 1.25rem;overflow-wrap:anywhere}
h1{font-size:1.9rem;line-height:1.15;letter-spacing:-.02em}p{margin:1rem 0}a{color:var(--accent);text-underline-offset:.2em}
.muted{color:var(--muted);font-size:.9rem}`;
const styleHash = createHash('sha256').update(style).digest('base64');

export function asPage(failure: Failure, requestId: string): Rendered {
  const { detail, fix, logged } = failure;
  const kind = problemKind(failure.code);
  const title = failure.heading ?? kind.title;
  const reference = `<p class="muted">Reference for the operators: <code>${requestId}</code></p>`;
  return {
    status: kind.status,
    headers: {
      ...headersOf(failure),
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
    },
    body: `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Error: ${escape(title)} · Countersign</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<p>${escape(detail)}</p>
<p>${escape(fix)}</p>
<p><a href="/">Countersign’s first page</a> · <a href="/status">Service state</a></p>
${logged === true ? reference : ''}
</main>
</body>
</html>
`,
  };
}

const headersOf = ({ retryAfterSeconds, allow }: Failure): OutgoingHttpHeaders => ({
  'cache-control': 'no-store',
  ...(allow === undefined ? {} : { allow }),
  ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
});

const escape = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
