import { currentRequest } from './current-request.ts';
import { isOutage } from './outage.ts';

/** Marks an error that nobody caught with the id of its request, and says where it happened. `what`: method and route. */
export function noteFault(error: unknown, what: string): void {
  const request = currentRequest();
  if (request === null || !(error instanceof Error)) return;
  request.outage ||= isOutage(error);
  // Rendered twice, for data and for HTML, it is one fault.
  if ('digest' in error && error.digest === request.id) return;
  Object.assign(error, { digest: request.id });
  console.error(`request ${request.id}: ${what} failed`);
}
