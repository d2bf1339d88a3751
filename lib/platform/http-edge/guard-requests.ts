import type { IncomingMessage, ServerResponse } from 'node:http';
import { newRequestId, withRequest, workOf } from '../http/index.ts';
import type { CurrentRequest } from '../http/index.ts';
import { asPage, asProblem, foreignOrigin, notText, tooLarge, zeroByte } from './failure.ts';
import type { Failure, Rendered } from './failure.ts';
import { isForeign } from './foreign-origin.ts';
import { replaceFailures } from './replace-failures.ts';
import { dropPreview } from './without-preview.ts';

/** How much of the body of a refused request is still read and discarded. */
const readAwayBytesMax = 32 * 1024 * 1024;

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Gives every request an id, refuses cross-site requests, and has `handler` answer the rest; its failures are answered with an
 * explanation and the right status.
 */
export function guardRequests(
  handler: Handler,
  options: {
    /** Where the portal is, without a final slash. */
    readonly publicUrl: string;
    /** Of what is sent to a page; routes have limits of their own. */
    readonly formBytesMax: number;
  },
): Handler {
  const { publicUrl, formBytesMax } = options;
  const { origin, host, protocol } = new URL(publicUrl);
  return async (request, response) => {
    const current: CurrentRequest = {
      id: newRequestId(),
      outcome: null,
      outage: false,
      action: maybeAction(request) ? 'sent' : 'none',
      work: workOf(request),
    };
    current.work.requestId = current.id;
    response.setHeader('x-request-id', current.id);
    dropPreview(request.headers);
    const refuse = (failure: Failure): void => {
      // A browser reads the answer only once it has sent everything; if the body is far larger than this, the connection is closed.
      if (Number(request.headers['content-length'] ?? 0) > readAwayBytesMax)
        response.setHeader('connection', 'close');
      else request.resume();
      const { status, headers, body } = render(request, failure, current.id);
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
    };
    if (isForeign(request, origin)) {
      refuse(foreignOrigin(publicUrl));
      return;
    }
    // PostgreSQL can't store it, and no name here contains it.
    if ((request.url ?? '/').includes('%00')) {
      refuse(zeroByte);
      return;
    }
    if (!isText(request.url ?? '/')) {
      refuse(notText);
      return;
    }
    const toPage = !(request.url ?? '/').startsWith('/api/');
    if (toPage && Number(request.headers['content-length'] ?? 0) > formBytesMax) {
      refuse(tooLarge(formBytesMax));
      return;
    }
    // Where the portal is says its configuration, whatever a proxy or a caller makes of it: Next.js compares the Origin with it,
    // and asks itself there for pages that forms lead to.
    Object.assign(request.headers, {
      'x-forwarded-host': host,
      'x-forwarded-proto': protocol.slice(0, -1),
    });
    replaceFailures(request, response, { current, formBytesMax }, (failure) =>
      render(request, failure, current.id),
    );
    return withRequest(current, () => handler(request, response));
  };
}

function render(request: IncomingMessage, failure: Failure, requestId: string): Rendered {
  return wantsPage(request) ? asPage(failure, requestId) : asProblem(failure, requestId);
}

/** Whether what stands before the question mark decodes: Next.js has no answer of its own for an address that doesn't. */
function isText(url: string): boolean {
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
    return true;
  } catch {
    return false;
  }
}

/** As Next.js tells actions: those that scripts call have a header, forms without scripts are multipart. */
const maybeAction = ({ method, url = '/', headers }: IncomingMessage): boolean =>
  method === 'POST' &&
  !url.startsWith('/api/') &&
  (headers['next-action'] !== undefined ||
    headers['content-type']?.startsWith('multipart/form-data') === true);

function wantsPage({ url = '/', headers }: Pick<IncomingMessage, 'url' | 'headers'>): boolean {
  if (url.startsWith('/api/') || headers['next-action'] !== undefined || headers.rsc !== undefined)
    return false;
  return /\btext\/html\b|\*\/\*/.test(headers.accept ?? '*/*');
}
