/** Whether an error means that a service the portal needs is down or busy: then trying again later helps, otherwise it doesn't. */

const codes = new Set([
  // Node.js: connection refused or lost.
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
  ],
  // PostgreSQL (appendix A): connection exceptions, too many of them, shutting down, starting up, a statement that took too long.
  ...['08000', '08001', '08003', '08004', '08006', '53300', '57P01', '57P02', '57P03', '57014', '55P03'],
  // Prisma: not reachable, timed out, closed, no connection free, transaction not started in time.
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028'],
]);
/** @prisma/driver-adapter-utils names them in `cause.kind`. */
const kinds = new Set([
  ...[
    'DatabaseNotReachable',
    'SocketTimeout',
    'ConnectionClosed',
    'TooManyConnections',
    'TlsConnectionError',
  ],
]);
/** Errors of our own ports, by name: codes with the same meaning for a Git host or a clone. */
const ports: Readonly<Record<string, readonly string[]>> = {
  CodeHostError: ['UNAVAILABLE', 'RATE_LIMITED', 'NOT_READY'],
  GitHostError: ['UNAVAILABLE', 'RATE_LIMITED', 'PARTIAL'],
  PolicyRepositoryError: ['GIT_FAILED', 'GIT_TIMEOUT', 'COMMIT_MISSING'],
};
/** pg and pg-pool report these in the message only. */
const words =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error)/;
const depthMax = 6;

export function isOutage(error: unknown): boolean {
  let at: unknown = error;
  for (let depth = 0; depth < depthMax && typeof at === 'object' && at !== null; depth += 1) {
    const { code, originalCode, kind, message, name, cause, meta } = at as Record<string, unknown>;
    const stated = [code, originalCode].filter((code) => typeof code === 'string');
    if (stated.some((code) => codes.has(code))) return true;
    if (typeof kind === 'string' && kinds.has(kind)) return true;
    if (name === 'PrismaClientInitializationError') return true;
    if (typeof name === 'string' && stated.some((code) => ports[name]?.includes(code) === true)) return true;
    if (typeof message === 'string' && words.test(message)) return true;
    at = cause ?? adapterErrorOf(meta);
  }
  return false;
}

/** Prisma keeps what its adapter said beside the error, not below it. */
const adapterErrorOf = (meta: unknown): unknown =>
  typeof meta === 'object' && meta !== null && 'driverAdapterError' in meta
    ? meta.driverAdapterError
    : undefined;
