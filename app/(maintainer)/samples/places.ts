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

/**
 * What the form begins with. Whose project is asked for, or is the only one they have, gets something to propose; of several, nobody guesses
 * which team is to see the file.
 */
export function chosenPlace(
  places: readonly Pick<Place, 'value'>[],
  asked: string,
): { readonly value: string; readonly said: string } {
  const named = places.find(({ value }) => value !== '' && value === asked && value.includes('/'));
  if (named !== undefined) return { value: named.value, said: '' };
  const projectOf = (value: string): string => value.split('/')[0] ?? '';
  const [project = ''] = asked.split('/');
  // Of a project alone, its first configuration.
  const first = places.find(({ value }) => project !== '' && projectOf(value) === project);
  if (first !== undefined) return { value: first.value, said: '' };
  const own = places.filter(({ value }) => value !== '');
  const [one] = own;
  if (one === undefined) return { value: '', said: '' };
  return new Set(own.map(({ value }) => projectOf(value))).size === 1
    ? { value: one.value, said: 'Your project is chosen already.' }
    : { value: '', said: 'Choose one of your projects to have something to propose.' };
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
