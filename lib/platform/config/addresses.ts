/** Forms of addresses in the portal's configuration. Pure. */
import { z } from 'zod';

export const httpUrl = z.url({ protocol: /^https?$/ });

/** Credentials are sent: only services on this machine, for tests, may be used without TLS. */
export const apiUrl = httpUrl.refine(
  (url) => url.startsWith('https://') || isLoopback(url),
  'an https:// address: over http:// the portal’s credentials would be sent unencrypted',
);

/**
 * Where people sign in: a number names an account only together with the host that gave it, so it is the public host, or one on this machine
 * that stands for it in tests.
 */
export const onlyHere = httpUrl
  .transform(withoutFinalSlash)
  .refine(
    isLoopback,
    'left out, or an address on this machine, for tests: accounts are those of the public host',
  );

/** As `accountHosts` of trust/root.yaml writes it. */
export const gitLabServer = z
  .string()
  .max(200)
  .regex(
    /^https:\/\/[a-z0-9.-]+(?::\d{1,5})?(?:\/[\w.~-]+)*$/,
    'an https:// address in lower case, without a final slash',
  );

export function withoutFinalSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

export function isLoopback(url: string): boolean {
  const hostname = URL.parse(url)?.hostname ?? '';
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
