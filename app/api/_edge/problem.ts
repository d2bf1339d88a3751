/** Errors at the HTTP edge: problem documents (RFC 9457), and never a stack or a path of the inside. */
import { ZodError, z } from 'zod';
import { IdentifierError } from '../../../lib/core/ids/index.ts';
import { ExplainedError } from '../../../lib/platform/http/index.ts';

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly fix: string;
}

const statuses: Readonly<Record<string, readonly [status: number, title: string]>> = {
  TOKEN_MALFORMED: [401, 'Token not readable'],
  TOKEN_UNKNOWN: [401, 'Token not valid'],
  TOKEN_REVOKED: [401, 'Token revoked'],
  TOKEN_EXPIRED: [401, 'Token expired'],
  TOKEN_MAKER_LEFT: [401, 'Token no longer valid'],
  TOKEN_COMMAND_NOT_VALID: [422, 'Signed command not valid'],
  TOKEN_NAME_INVALID: [422, 'Token not valid'],
  TOKEN_DAYS_INVALID: [422, 'Token not valid'],
  TOO_MANY_TOKENS: [409, 'Too many tokens'],
  ALREADY_DONE: [409, 'Done already'],
  NO_SUCH_TOKEN: [404, 'No such token'],
  NOT_SIGNED_IN: [401, 'Not signed in'],
  NOT_ALLOWED: [403, 'Not allowed'],
  UNKNOWN_REQUEST: [404, 'No such request'],
  UNKNOWN_PROJECT: [422, 'No such project'],
  UNKNOWN_POLICY: [422, 'No such signing policy'],
  PROJECT_NOT_ACTIVE: [422, 'Project not active'],
  ARTIFACT_NOT_UPLOADED: [422, 'Artifact not uploaded'],
  ORIGIN_EVIDENCE_MISSING: [422, 'Proof of origin missing'],
  APPROVAL_NOT_VALID: [422, 'Approval not valid'],
  STOP_NOT_VALID: [422, 'Emergency stop not valid'],
  IDEMPOTENCY_KEY_REUSED: [409, 'Idempotency-Key already used'],
  REFUSED_TOO_OFTEN: [409, 'Refused too often'],
  NOT_WAITING_FOR_APPROVAL: [409, 'Not waiting for an approval'],
  TOO_OFTEN: [429, 'Too often'],
  CURSOR_INVALID: [400, 'Cursor not valid'],
  ARTIFACT_DIGEST_MISMATCH: [422, 'Digest does not match'],
  ARTIFACT_TOO_LARGE: [413, 'Upload too large'],
  ARTIFACT_TRUNCATED: [400, 'Upload incomplete'],
  STORE_FULL: [507, 'No space left'],
  STORE_UNAVAILABLE: [503, 'Artifact store unavailable'],
  NO_ACCEPTED_POLICY: [503, 'No policy accepted yet'],
};

/** An error of the edge itself: the request is not even a well-formed question. */
export class BadRequest extends ExplainedError {
  readonly status: number;
  readonly title: string;
  constructor(input: { status: number; code: string; title: string; message: string; fix: string }) {
    super('BadRequest', { code: input.code, message: input.message, fix: input.fix });
    this.status = input.status;
    this.title = input.title;
  }
}

/** Any error → what the caller is told. What isn't known is an internal error, with nothing of it shown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof BadRequest) {
    return {
      status: error.status,
      code: error.code,
      title: error.title,
      detail: error.message,
      fix: error.fix,
    };
  }
  if (isExplained(error)) {
    const { code, message, fix } = error;
    const [status, title] = statuses[code] ?? [500, 'Internal error'];
    return { status, code, title, detail: message, fix };
  }
  if (error instanceof IdentifierError) {
    return {
      status: 400,
      code: error.code,
      title: 'Value not valid',
      detail: `This is ${error.message}.`,
      fix: 'Put the value right and send it again.',
    };
  }
  if (error instanceof ZodError) {
    return {
      status: 400,
      code: 'BODY_INVALID',
      title: 'Request not valid',
      detail: z.prettifyError(error).slice(0, 4_000),
      fix: 'Compare the request with /api/v1/openapi.yaml.',
    };
  }
  return {
    status: 503,
    code: 'TEMPORARILY_UNAVAILABLE',
    title: 'Temporarily unavailable',
    detail: 'The portal could not do this right now. Nothing was changed by halves.',
    fix: 'Try again later; /readyz says what is down.',
  };
}

/** `instanceof` alone forgets that codes are text. */
function isExplained(error: unknown): error is ExplainedError {
  return error instanceof ExplainedError;
}

export function problemResponse(problem: Problem): Response {
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  if (problem.status === 401) headers.set('www-authenticate', 'Bearer realm="countersign"');
  if (problem.status === 503) headers.set('retry-after', '10');
  const { code, title, status, detail, fix } = problem;
  const type = `tag:countersign.example,2026:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  return new Response(`${JSON.stringify({ type, title, status, code, detail, fix })}\n`, { status, headers });
}
