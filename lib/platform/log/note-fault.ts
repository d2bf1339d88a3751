import { currentRequest, isOutage } from '../http/index.ts';
import { log } from './log.ts';

/** Marks an error that nobody caught with the id of its request, and says where it happened. `what`: method and route. */
export function noteFault(error: unknown, what: string): void {
  const request = currentRequest();
  if (request === null || !(error instanceof Error)) return;
  request.outage ||= isOutage(error);
  // A page is rendered twice, for data and for HTML: that is one fault.
  if ('digest' in error && error.digest === request.id) return;
  Object.assign(error, { digest: request.id });
  // Anybody can send something that is not a form: it is logged in one line, without alarm.
  const happened =
    request.action === 'sent' && !request.outage ? 'received a form that it could not read' : 'failed';
  log.error(`${what} ${happened}`);
}
