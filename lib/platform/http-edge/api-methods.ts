/**
 * Which methods the addresses of /api/v1 take. A 405 has to say so (RFC 9110, section 15.5.6), and Next.js leaves that out.
 * dev/api-contract holds the table to schemas/openapi.yaml.
 */
export const apiMethods: Readonly<Record<string, readonly string[]>> = {
  '/artifact-fetches': ['POST'],
  '/artifact-fetches/{id}': ['GET'],
  '/artifacts/{sha256}': ['PUT'],
  '/emergency-stops': ['GET', 'POST'],
  '/openapi.yaml': ['GET'],
  '/past-requests': ['GET'],
  '/projects/{slug}': ['GET'],
  '/projects/{slug}/policy-versions': ['GET'],
  '/reference': ['GET'],
  '/requests': ['GET', 'POST'],
  '/requests/{id}': ['GET'],
  '/requests/{id}/approval-statement': ['GET'],
  '/requests/{id}/approvals': ['POST'],
  '/requests/{id}/artifact': ['GET'],
  '/requests/{id}/cancel': ['POST'],
  '/requests/{id}/events': ['GET'],
  '/requests/{id}/report': ['GET'],
  '/requests/{id}/report/note': ['GET'],
  '/requests/{id}/resubmit': ['POST'],
  '/requests/{id}/signatures': ['GET'],
  '/requests/{id}/steps/{pass}/{step}': ['GET'],
  '/revocations': ['GET'],
  '/statistics': ['GET'],
  '/token-commands': ['POST'],
  '/uploads': ['POST'],
  '/uploads/{id}': ['DELETE', 'GET', 'HEAD', 'PATCH'],
};

const patterns = Object.entries(apiMethods).map(
  ([path, methods]) =>
    [
      new RegExp(`^/api/v1${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
      methods,
    ] as const,
);

/** What an address of the API takes, for the header Allow; null: there is nothing at this address. */
export function allowedMethods(url: string): string | null {
  const [path = ''] = url.split('?');
  const methods = patterns.find(([pattern]) => pattern.test(path))?.[1];
  if (methods === undefined) return null;
  // Next.js answers these by itself.
  const head = methods.includes('GET') && !methods.includes('HEAD') ? ['HEAD'] : [];
  return [...methods, ...head, 'OPTIONS'].join(', ');
}
