/** Replaces uninformative answers with our own: Next.js answers faults with an empty page, for example. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { lengthHeader, type CurrentRequest } from '../http/index.ts';
import { allowedMethods } from './api-methods.ts';
import {
  fault,
  formUnreadable,
  methodNotAllowed,
  noSuchRoute,
  pageOutdated,
  unavailable,
} from './failure.ts';
import type { Failure, Rendered } from './failure.ts';

type Callback = (error?: Error | null) => void;

export function replaceFailures(
  request: IncomingMessage,
  response: ServerResponse,
  known: { readonly current: CurrentRequest; readonly formBytesMax: number },
  render: (failure: Failure) => Rendered,
): void {
  const { current } = known;
  const own = {
    writeHead: response.writeHead.bind(response),
    write: response.write.bind(response),
    end: response.end.bind(response),
  };

  let decided = false;
  let replaced = false;

  response.writeHead = (status: number, ...values: readonly unknown[]): ServerResponse => {
    if (replaced) return response;
    response.statusCode = status;
    const given = values.find((value) => typeof value === 'object');
    for (const [name, value] of Object.entries((given ?? {}) as OutgoingHttpHeaders)) {
      if (value !== undefined) response.setHeader(name, value);
    }
    decided = true;
    const failure = failureOf(request, response, known);
    sayLength(response);
    if (failure === null) return own.writeHead(statusOf(response, current));
    replaced = true;
    const { status: instead, headers, body } = render(failure);
    for (const name of ofTheOther) response.removeHeader(name);
    own.writeHead(instead, { ...headers, 'content-length': Buffer.byteLength(body) });
    own.end(request.method === 'HEAD' ? undefined : body);
    return response;
  };
  // The head is decided on before the first byte: Node.js would ask for it in the middle of writing that.
  const decide = (): void => {
    if (!decided && !response.headersSent) response.writeHead(response.statusCode);
  };
  const swallow = (values: readonly unknown[]): void => {
    const callback = values.find((value): value is Callback => typeof value === 'function');
    if (callback !== undefined) process.nextTick(callback);
  };
  response.write = ((...values: Parameters<typeof own.write>): boolean => {
    decide();
    if (!replaced) return own.write(...values);
    swallow(values);
    return true;
  }) as typeof response.write;
  response.end = ((...values: Parameters<typeof own.end>): ServerResponse => {
    // What ends at once keeps the length that Node.js gives it.
    if (response.statusCode >= 400 || current.outcome !== null) decide();
    if (!replaced) return own.end(...values);
    swallow(values);
    return response;
  }) as typeof response.end;
}

/** The API's root is none of its addresses, and says so as they do. */
const isOfApi = /^\/api\/v1(?:[/?]|$)/;

/** What the route said of its answer's length, which Next.js took away. Packed on the way, it has another one that nobody knows yet. */
function sayLength(response: ServerResponse): void {
  const said = response.getHeader(lengthHeader);
  if (said === undefined) return;
  response.removeHeader(lengthHeader);
  if (response.getHeader('content-encoding') === undefined) response.setHeader('content-length', said);
}

/** Headers that are about the answer that is replaced. */
const ofTheOther = ['content-length', 'content-encoding', 'transfer-encoding', 'etag', 'link', 'vary'];

/** The replacement; null: the answer is kept. */
function failureOf(
  { method, url = '/', headers }: IncomingMessage,
  response: ServerResponse,
  { current, formBytesMax }: { readonly current: CurrentRequest; readonly formBytesMax: number },
): Failure | null {
  const { outage, action } = current;
  const { statusCode: status } = response;
  const type = String(response.getHeader('content-type') ?? '');
  // No action has begun, so what was sent could not be read: Next.js takes that for a fault.
  if (status === 500 && action === 'sent' && !outage) return formUnreadable(formBytesMax);
  if (status < 400 || headers['next-action'] !== undefined || headers.rsc !== undefined) return null;
  if (isOfApi.test(url)) {
    if (type !== '' && !type.startsWith('text/html')) return null;
    const allow = allowedMethods(url);
    if (status === 404 || (status === 405 && allow === null)) return noSuchRoute;
    if (status === 405 && allow !== null) return methodNotAllowed(allow);
    return status >= 500 ? faultOr(outage) : null;
  }
  if (url.startsWith('/api/')) return null;
  // A form of a page that this build doesn't know, or of none at all.
  if (method === 'POST' && [400, 404, 409].includes(status) && type.startsWith('text/plain'))
    return pageOutdated;
  return status >= 500 && (type === '' || type.startsWith('text/html') || type.startsWith('text/plain'))
    ? faultOr(outage)
    : null;
}

const faultOr = (outage: boolean): Failure => (outage ? unavailable : fault);

/** A form's page is rendered by others, who say 200 whatever the form's action answered. */
function statusOf(response: ServerResponse, { outcome }: CurrentRequest): number {
  if (response.statusCode !== 200 || outcome === null) return response.statusCode;
  if (outcome.retryAfterSeconds !== null) {
    response.setHeader('retry-after', String(outcome.retryAfterSeconds));
  }
  return outcome.status;
}
