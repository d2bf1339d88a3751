/** Where the files of a policy's builds are: the accepted policy says it, and nobody else. */
import type { SigningPolicy } from '#core/generated/index.ts';
import { hostLabel } from '#core/identity/index.ts';
import { providerOf, type ProviderName } from '#core/origin/index.ts';
import type { BuildFiles } from '../platform/code-host/index.ts';
import type { RepositoryPlace } from '../platform/code-host/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { FetchError } from './error.ts';

export interface OriginPlace {
  readonly buildFiles: BuildFiles;
  readonly place: RepositoryPlace;
  readonly repository: { readonly uri: string; readonly id: string };
}

/** `host`: whose ids the caller gave. Rejects with FetchError where the policy's builds aren't that host's, or it isn't asked here. */
export function originPlaceOf(
  ctx: Pick<Context, 'codeHosts'>,
  policy: Pick<SigningPolicy, 'origin'>,
  named: string,
  host: ProviderName,
): OriginPlace {
  const { origin } = policy;
  if (origin === undefined) {
    throw new FetchError({
      code: 'FETCH_NOT_POSSIBLE',
      message: `The policy ${named} names no origin, so it doesn’t say from which repository a file would be fetched.`,
      fix: 'Upload the file (PUT /api/v1/artifacts/{sha256}), or sign under a policy that has an origin.',
    });
  }
  const { uri, id } = origin.repository;
  const found = providerOf(origin) === host ? ctx.codeHosts.find(uri) : null;
  const buildFiles = found?.host.buildFiles ?? null;
  if (found === null || buildFiles === null) {
    throw new FetchError({
      code: 'FETCH_NOT_POSSIBLE',
      message: `The policy ${named} takes builds of ${uri}, and this portal can fetch no files of ${hostLabel(host)} from there.`,
      fix: 'Upload the file: PUT /api/v1/artifacts/{sha256}.',
    });
  }
  return { buildFiles, place: found.place, repository: { uri, id } };
}
