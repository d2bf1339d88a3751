/** Which project a job of an environment belongs to: what the accepted policy says, and nothing else. Pure. */
import type { PolicySlug, ProjectSlug } from '#core/ids/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { buildPlaceOf } from '../platform/build-host/index.ts';
import { isSameEnvironment } from '../platform/publish-app/index.ts';

export interface PublishPlace {
  readonly project: ProjectSlug;
  readonly policy: PolicySlug;
  /** Of the policy's `publish`; null: it has none. */
  readonly environment: string | null;
  /** Path of the repository on its host, as the policy has it. */
  readonly path: string;
  readonly repositoryId: string;
}

/** Policies of projects that are built on the host that the app is of, by these issuers. */
export function publishPlaces(snapshot: PolicySnapshot, issuers: readonly string[]): readonly PublishPlace[] {
  return [...snapshot.projects].flatMap(([project, { project: facts, policies }]) =>
    facts.value.status === 'retired'
      ? []
      : [...policies].flatMap(([policy, document]) => {
          const place = buildPlaceOf(snapshot, document);
          // The same number is another repository on another host.
          if (place?.provider !== 'github' || !issuers.includes(place.issuer)) return [];
          const environment = document.value.publish?.environment ?? null;
          return [{ project, policy, environment, path: place.path, repositoryId: place.id }];
        }),
  );
}

/** Those of one project: the first whose policies name the environment, or else the repository. Empty: nobody's. */
export function placesOfJob(
  places: readonly PublishPlace[],
  job: { readonly repositoryId: string; readonly environment: string },
): readonly PublishPlace[] {
  const mine = places.filter(({ repositoryId }) => repositoryId === job.repositoryId);
  const first = mine.find(({ environment }) => isSameEnvironment(environment, job.environment)) ?? mine[0];
  return mine.filter(({ project }) => project === first?.project);
}
