/** For whom a sample may be dropped, as the form offers it. */
import type { ProjectSlug } from '#core/ids/index.ts';
import { acceptedPolicy } from '../../../lib/platform/portal/index.ts';
import type { Context } from '../../../lib/platform/portal/index.ts';

export type Place = readonly [value: string, words: string];

const shownMax = 200;

/** Each project of the caller with its configurations; the last is nobody's but theirs. `asked`: a project that policy maintainers came from. */
export async function samplePlaces(ctx: Context, asked: string | null): Promise<readonly Place[]> {
  const { actor } = ctx;
  const accepted = await acceptedPolicy(ctx);
  const alone: Place = ['', 'Nobody but me: no project yet'];
  if (actor.kind !== 'person' || accepted === null) return [alone];
  const isFoundation = actor.roles.policyMaintainer || actor.roles.foundationReviewer;
  const own = new Set<string>([
    ...actor.roles.projects.keys(),
    ...(isFoundation && asked !== null ? [asked] : []),
  ]);
  const places = [...accepted.snapshot.projects]
    .filter(([slug]) => own.has(slug))
    .flatMap(([slug, { project, artifacts }]): readonly Place[] =>
      placesOf(slug, project.value.name, [...artifacts.keys()]),
    );
  return [...places.slice(0, shownMax), alone];
}

const placesOf = (slug: ProjectSlug, name: string, configurations: readonly string[]): readonly Place[] => [
  ...configurations.map((one): Place => [`${slug}/${one}`, `${name}: against ${one}`]),
  [slug, `${name}: only suggest one`],
];
