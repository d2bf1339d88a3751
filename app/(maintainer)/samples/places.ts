/** For whom a sample may be dropped, as the form offers it. */
import { openParameters } from '#core/artifact/index.ts';
import type { OpenParameter } from '#core/artifact/index.ts';
import type { ProjectSlug } from '#core/ids/index.ts';
import type { ArtifactConfigurationDocument } from '#core/policy/index.ts';
import { acceptedPolicy } from '../../../lib/platform/portal/index.ts';
import type { Context } from '../../../lib/platform/portal/index.ts';

export interface Place {
  /** `PROJECT/CONFIGURATION`, `PROJECT`, or nothing. */
  readonly value: string;
  readonly words: string;
  /** What the configuration asks requests for. */
  readonly parameters: readonly OpenParameter[];
}

const shownMax = 200;

/** Each project of the caller with its configurations; the last is nobody's but theirs. `asked`: a project that policy maintainers came from. */
export async function samplePlaces(ctx: Context, asked: string | null): Promise<readonly Place[]> {
  const { actor } = ctx;
  const accepted = await acceptedPolicy(ctx);
  const alone: Place = { value: '', words: 'Nobody but me: no project yet', parameters: [] };
  if (actor.kind !== 'person' || accepted === null) return [alone];
  const isFoundation = actor.roles.policyMaintainer || actor.roles.foundationReviewer;
  const own = new Set<string>([
    ...actor.roles.projects.keys(),
    ...(isFoundation && asked !== null ? [asked] : []),
  ]);
  const places = [...accepted.snapshot.projects]
    .filter(([slug]) => own.has(slug))
    .flatMap(([slug, { project, artifacts }]): readonly Place[] =>
      placesOf(slug, project.value.name, artifacts),
    );
  return [...places.slice(0, shownMax), alone];
}

const placesOf = (
  slug: ProjectSlug,
  name: string,
  configurations: ReadonlyMap<string, ArtifactConfigurationDocument>,
): readonly Place[] => [
  ...[...configurations].map(([one, { value }]): Place => ({
    value: `${slug}/${one}`,
    words: `${name}: against ${one}`,
    parameters: openParameters(value),
  })),
  { value: slug, words: `${name}: only suggest one`, parameters: [] },
];
