/** The first parts of a portal's addresses: a page each, or a file that the web expects there. */
const first = new Set([
  ...['about', 'applications', 'apply', 'approval-key', 'approvals', 'audit', 'certificates'],
  ...[
    'changes',
    'confirm-address',
    'docs',
    'emergency-stop',
    'foundation',
    'healthz',
    'icon.svg',
    'messages',
    'metrics',
  ],
  ...[
    'openpgpkey',
    'outbox',
    'pki',
    'policy',
    'problems',
    'projects',
    'readyz',
    'reference',
    'report',
    'reports',
  ],
  ...[
    'requests',
    'reviews',
    'revocations',
    'samples',
    'schemas',
    'search',
    'sign-in',
    'status',
    'unsubscribe',
  ],
  ...['.well-known', '_next'],
]);
/** The same behind /api and /api/v1. */
const behindApi = new Set(['auth', 'projects', 'samples', 'signpath', 'unsubscribe', 'webhooks']);
const behindVersion = new Set([
  ...[
    'artifact-fetches',
    'artifacts',
    'emergency-stops',
    'openapi.yaml',
    'past-requests',
    'projects',
    'reference',
  ],
  ...['requests', 'revocations', 'statistics', 'token-commands', 'uploads'],
]);

/**
 * The address of a request → a name for its kind of page: one of some dozens, whatever is asked, for a metric keeps each of them
 * as long as the process lives.
 */
export function routeOf(url: string): string {
  const [root, one = '', two = '', three = ''] = (url.split('?', 1)[0] ?? '').split('/', 4);
  // Of `*` and whole addresses, as proxies get them, nothing is served.
  if (root !== '') return 'other';
  if (one === '') return '/';
  if (one !== 'api') return first.has(one) ? `/${one}` : 'other';
  if (two !== 'v1') return behindApi.has(two) ? `/api/${two}` : 'other';
  return behindVersion.has(three) ? `/api/v1/${three}` : 'other';
}
