/**
 * Where the API of the host that builds is. It follows from the issuer that the accepted policy names for a build system, never from what
 * somebody typed: what is sent there carries a project's token. Pure.
 */
import { providerOf } from '#core/origin/index.ts';
import type { ProviderName } from '#core/origin/index.ts';
import type { PolicySnapshot, SigningPolicyDocument } from '#core/policy/index.ts';
import type { PortalConfig } from '../config/index.ts';

type Config = Pick<PortalConfig, 'publishing'>;

/** Where a policy's files are built, as the host's API names it. */
export interface BuildPlace {
  readonly provider: ProviderName;
  readonly issuer: string;
  /** Numeric id, of the repository or project. */
  readonly id: string;
  /** Path of the repository on its host, such as `example/widget`. */
  readonly path: string;
}

/** null: the policy names no origin. */
export function buildPlaceOf(
  snapshot: PolicySnapshot,
  { value: { origin } }: Pick<SigningPolicyDocument, 'value'>,
): BuildPlace | null {
  if (origin === undefined) return null;
  const system = snapshot.trustRoot.value.buildSystems.find(({ name }) => name === origin.buildSystem);
  if (system === undefined) return null;
  const { id, uri } = origin.repository;
  return {
    provider: providerOf(origin),
    issuer: system.issuer,
    id,
    path: (URL.parse(uri)?.pathname ?? '').replace(/^\/|\/$/g, ''),
  };
}

/** Address of a host's API, without a slash at the end; null: nothing says where it is. */
export function apiOf({ publishing }: Config, provider: ProviderName, issuer: string): string | null {
  const configured = publishing?.hosts?.find((host) => host.issuer === issuer);
  if (configured !== undefined) return configured.apiUrl;
  const { hostname, origin, pathname, protocol } = URL.parse(issuer) ?? nowhere;
  if (protocol !== 'https:') return null;
  if (provider === 'gitlab') return `${origin}${pathname.replace(/\/+$/, '')}/api/v4`;
  // With an enterprise's name behind it where the enterprise asked for that.
  if (hostname === 'token.actions.githubusercontent.com') return 'https://api.github.com';
  const resident = /^token\.actions\.([a-z0-9-]+\.ghe\.com)$/.exec(hostname)?.[1];
  if (resident !== undefined) return `https://api.${resident}`;
  return pathname === '/_services/token' ? `${origin}/api/v3` : null;
}

const nowhere = { hostname: '', origin: '', pathname: '', protocol: '' };
