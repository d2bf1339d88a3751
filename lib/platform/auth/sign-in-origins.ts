/** The hosts that the sign-in page's forms may lead to, for the Content-Security-Policy: by their origins, as a GitLab may be below a path. */
import type { PortalConfig } from '../config/index.ts';

export function signInOrigins({ github, gitlab }: Pick<PortalConfig['auth'], 'github' | 'gitlab'>): string[] {
  const addresses = [
    ...(github === undefined ? [] : [github.url]),
    ...(gitlab === undefined ? [] : [gitlab.url ?? gitlab.server]),
  ];
  return addresses.map((address) => new URL(address).origin);
}
