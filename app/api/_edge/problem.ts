/** Errors at the HTTP edge: problem documents (RFC 9457), and never a stack or a path of the inside. */
import { isError } from '#core/error/index.ts';
import {
  currentRequest,
  ExplainedError,
  isExplained,
  isOutage,
  newRequestId,
  wholeResponse,
} from '../../../lib/platform/http/index.ts';
import type { FieldProblem } from '../../../lib/platform/http/index.ts';
import { log } from '../../../lib/platform/log/index.ts';
import { isProblemCode, problemKind, problemType } from '../../../lib/platform/problems/index.ts';
import type { ProblemCode, ProblemStatus } from '../../../lib/platform/problems/index.ts';
import { BuildRefusedError } from '../../../lib/requests/index.ts';
import { RateLimitError } from '../../../lib/platform/rate-limit/index.ts';
import { PartError, ProjectQuotaError, UploadQuotaError } from '../../../lib/uploads/index.ts';

export interface Problem {
  readonly status: number;
  readonly code: ProblemCode;
  readonly title: string;
  readonly detail: string;
  readonly fix: string;
  /** What is wrong with which field of the body. */
  readonly fields: readonly FieldProblem[];
  /** Of faults and outages: what the log calls the request. */
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;
  /** More of this kind of problem for programs (RFC 9457, section 3.2). */
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

interface Saying {
  readonly message: string;
  readonly fix: string;
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is wrong, in words of its own, and its status where the table of problems has several. */
type BadRequestInput = {
  readonly [Code in ProblemCode]: Saying & { readonly code: Code; readonly status?: ProblemStatus<Code> };
}[ProblemCode];

/** An error of the edge itself: the request is not even a well-formed question. */
export class BadRequest extends ExplainedError {
  static override readonly errorName = 'BadRequest';
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  constructor({ code, status, message, fix, members, headers }: BadRequestInput) {
    super({ code, message, fix });
    this.status = status ?? problemKind(code).status;
    this.members = members ?? {};
    this.headers = headers ?? {};
  }
}

/** Any error → what the caller is told. What isn't known is a fault: nothing of it is shown but the request's id. */
export function problemOf(error: unknown): Problem {
  if (isExplained(error) && isProblemCode(error.code)) {
    const { code, message, fix, fields } = error;
    const { title, ...kind } = problemKind(code);
    const { status, members } = isError(error, BadRequest) ? error : { ...kind, members: membersOf(error) };
    const isTimed =
      isError(error, RateLimitError) || isError(error, UploadQuotaError) || isError(error, ProjectQuotaError);
    const retryAfterSeconds = isTimed ? error.retryAfterSeconds : waitOf(status, code);
    const said = { status, code, title, detail: message, fix, fields };
    return { ...nothingMore, ...said, members, headers: headersOf(error), retryAfterSeconds };
  }
  const requestId = currentRequest()?.id ?? newRequestId();
  if (isOutage(error)) {
    return {
      ...nothingMore,
      ...problem('TEMPORARILY_UNAVAILABLE'),
      detail: 'Something that the portal needs did not answer. Nothing was changed by halves.',
      fix: 'Try again later; /readyz says what is down.',
      requestId,
      retryAfterSeconds: waitOf(503),
    };
  }
  return {
    ...nothingMore,
    ...problem('INTERNAL_ERROR'),
    detail: 'The portal failed to do this, through a fault of its own. Sending it again is unlikely to help.',
    fix: `Tell the operators of this portal, with the request id ${requestId}: their log has it.`,
    requestId,
  };
}

function problem(code: ProblemCode): Pick<Problem, 'code' | 'status' | 'title'> {
  const { status, title } = problemKind(code);
  return { code, status, title };
}

function membersOf(error: unknown): Readonly<Record<string, unknown>> {
  if (isError(error, BuildRefusedError)) return { findings: error.findings };
  if (!isError(error, PartError) || error.offsets === null) return {};
  // As draft-ietf-httpbis-resumable-upload names them.
  return { 'expected-offset': error.offsets.expected, 'provided-offset': error.offsets.provided };
}

function headersOf(error: unknown): Readonly<Record<string, string>> {
  if (isError(error, BadRequest)) return error.headers;
  return isError(error, PartError) && error.offsets !== null
    ? { 'upload-offset': String(error.offsets.expected) }
    : {};
}

const nothingMore = {
  fields: [],
  requestId: null,
  retryAfterSeconds: null,
  members: {},
  headers: {},
} as const;
const waitOf = (status: number, code?: ProblemCode): number | null => {
  if (code === 'UPLOAD_BUSY') return 1;
  return status === 503 ? 10 : null;
};

/** By which operators find the fault in the log; mistakes of callers are not logged. */
export function logFault(problem: Problem, error: unknown): void {
  if (problem.requestId === null) return;
  log.error({ err: error, httpRequestId: problem.requestId }, problem.code);
}

export function problemResponse(problem: Problem): Response {
  const headers = new Headers({
    ...problem.headers,
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  });
  if (problem.status === 401) headers.set('www-authenticate', 'Bearer realm="countersign"');
  if (problem.retryAfterSeconds !== null) headers.set('retry-after', String(problem.retryAfterSeconds));
  const { code, title, status, detail, fix, fields, requestId, members } = problem;
  const body = {
    type: problemType(code),
    title,
    status,
    code,
    detail,
    fix,
    ...(fields.length === 0 ? {} : { fields }),
    ...(requestId === null ? {} : { requestId }),
    ...members,
  };
  return wholeResponse(`${JSON.stringify(body)}\n`, { status, headers });
}
