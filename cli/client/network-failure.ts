/** What a socket, TLS or the HTTP parser threw → what is wrong with the way to the portal. */
import { ClientError } from './error.ts';

/** What Node says of certificates (RFC 5280 path validation by OpenSSL). */
const certificateFault = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS_CERT|CRL/;

export function networkFailure(url: URL, error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  const code = innermostCode(error);
  const said = (why: string): ClientError =>
    new ClientError('UNREACHABLE', `${url.origin} ${why}`, { cause: error });
  const set = 'Set --url or COUNTERSIGN_URL.';
  if (code === 'ECONNREFUSED') return said(`can’t be reached: nothing listens there. ${set}`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return said(`can’t be reached: the name isn’t known (${code}). ${set}`);
  if (certificateFault.test(code)) {
    return said(
      `shows a certificate that isn’t accepted (${code}). Where it is from a CA of your own: NODE_EXTRA_CA_CERTS=FILE.pem.`,
    );
  }
  if (/SSL|TLS|EPROTO/.test(code))
    return said(`speaks no TLS there (${code}). Is it http:, or another port? ${set}`);
  if (code.startsWith('HPE_')) return said(`answers with something that isn’t HTTP. ${set}`);
  if (code === stillCode) return said('didn’t answer in time. Try again later.');
  if (/ECONNRESET|ECONNABORTED|EPIPE|PREMATURE_CLOSE|TIMEDOUT|TIMEOUT/.test(code))
    return said(`broke the connection off (${code}). Try again later.`);
  const message = error instanceof Error ? error.message : String(error);
  return said(`can’t be reached (${code === '' ? message : code}). ${set}`);
}

/** Of the error by which a connection on which nothing moves is given up. */
export const stillCode = 'COUNTERSIGN_STILL';

/** Of several addresses that were tried, the first one's; else of the error, or of what caused it. */
function innermostCode(error: unknown): string {
  let found = '';
  for (let depth = 0, one = error; depth < 5 && one instanceof Error; depth += 1) {
    if ('code' in one && typeof one.code === 'string') found = one.code;
    one = one instanceof AggregateError ? one.errors[0] : one.cause;
  }
  return found;
}

/** Nothing that waiting mends: a name, a certificate, another protocol. ECONNREFUSED may be a restart. */
export const isLasting = (error: ClientError): boolean =>
  error.code === 'UNREACHABLE' &&
  /ENOTFOUND|CERT|SELF_SIGNED|UNABLE_TO_VERIFY|CRL|SSL|EPROTO|HPE_/.test(innermostCode(error.cause));
