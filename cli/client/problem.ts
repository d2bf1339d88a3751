/** A portal's answer that isn't 2xx: its problem document (RFC 9457), and the error that says so. */
import { STATUS_CODES } from 'node:http';
import * as z from 'zod/mini';
import { ClientError } from './error.ts';
import { findingSchema, type Problem } from './problem-view.ts';

const problemSchema = z.looseObject({
  title: z.optional(z.string()),
  detail: z.optional(z.string()),
  code: z.optional(z.string()),
  fix: z.optional(z.string()),
  findings: z.catch(z.optional(z.array(findingSchema)), undefined),
});

export interface Refusal {
  readonly url: URL;
  readonly status: number;
  readonly header: (name: string) => string | null;
  /** The start of the body. */
  readonly text: string;
  /** Whether a credential was sent. */
  readonly identified: boolean;
}

/** An answer that isn't 2xx → the error to throw. */
export function refusal({ url, status, header, text, identified }: Refusal): ClientError {
  if (status >= 300 && status < 400) {
    return new ClientError(
      'NOT_A_PORTAL',
      `${url.origin} sends elsewhere, to ${header('location') ?? 'nowhere'}. The token goes to nobody who wasn’t named: set --url or COUNTERSIGN_URL to the portal’s own address.`,
    );
  }
  const { problem, title } = readProblem(status, text);
  const name = `${status} ${problem.code ?? STATUS_CODES[status] ?? ''}`.trim();
  const parts =
    title === null
      ? [
          `${url.origin} answered with no reason (${header('content-type') ?? 'no content type'}). ${adviceFor(status)}`,
        ]
      : [problem.detail ?? title, problem.fix ?? ''];
  if (status === 401) {
    parts.push(
      identified
        ? 'What was sent came from --token or COUNTERSIGN_TOKEN.'
        : 'No token was sent: set COUNTERSIGN_TOKEN or --token.',
    );
  }
  const wait = header('retry-after');
  const retryAfterSeconds = wait !== null && /^\d{1,6}$/.test(wait) ? Number(wait) : null;
  if (retryAfterSeconds !== null) parts.push(`Try again in ${retryAfterSeconds} s.`);
  const said = `${name}: ${parts.filter((part) => part !== '').join(' ')}`;
  return new ClientError(codeOf(status), said, { problem, retryAfterSeconds });
}

function codeOf(status: number) {
  if (status === 401) return 'NOT_SIGNED_IN';
  return status === 408 || status === 429 || status >= 500 ? 'UNAVAILABLE' : 'REFUSED';
}

/** `title` null: the body is no problem document. */
function readProblem(
  status: number,
  text: string,
): { readonly problem: Problem; readonly title: string | null } {
  const nothing: Problem = { status, code: null, detail: null, fix: null, findings: [], members: {} };
  try {
    const read = problemSchema.parse(JSON.parse(text));
    const title = read.detail ?? read.title ?? null;
    if (title === null) return { problem: nothing, title };
    return {
      problem: {
        status,
        code: read.code ?? null,
        detail: read.detail ?? null,
        fix: read.fix ?? null,
        findings: read.findings ?? [],
        members: read,
      },
      title,
    };
  } catch {
    return { problem: nothing, title: null };
  }
}

function adviceFor(status: number): string {
  if (status === 413) return 'A proxy before the portal may allow less than the portal: ask its operator.';
  if (status >= 500) return 'It is out of order, or a proxy before it: try again later.';
  return 'Is it a Countersign portal, and does --url name it without a path?';
}
