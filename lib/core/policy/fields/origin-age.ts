/** How old a build may be: the foundation's floor under `origin.maximumAgeHours`, and what holds where the policy has no such line. */
import type { SigningPolicy } from '../../generated/index.ts';
import { ageFloorBounds, ageLimit, measureAge, type AgeLimit } from '../../origin/index.ts';
import type { DocumentPath } from '../document.ts';
import type { EffectivePolicy } from '../effective-policy.ts';
import type { FloorField } from './field.ts';

const key = 'maximumAgeHours';

export const ageFloor: FloorField = {
  name: key,
  schema: {
    description:
      'No build may be older than so many hours when it is signed. It holds for every policy that sets no origin.maximumAgeHours, and none may set more.',
    ...ageFloorBounds,
  },
  measure: measureAge,
  ofOrigins: true,
  // A policy that sets no age of its own takes the floor's.
  breaches: ({ policy: { origin }, floor: { maximumAgeHours: hours } }) =>
    hours === undefined || (origin?.[key] ?? hours) <= hours
      ? []
      : [
          {
            in: 'policy',
            path: ['origin', key],
            message: `The foundation asks for builds of at most ${hours} hours`,
            fix: `Set ${key} to ${hours} or less, or remove the line: ${hours} holds then.`,
          },
        ],
  reference: {
    key: `\`${key}\``,
    must: `set no \`${key}\` above that; where a policy sets none, that holds`,
  },
};

/** What holds for a policy, with what holds where it says nothing. */
export function ageLimitOf(
  { origin, purpose }: SigningPolicy,
  { floors }: EffectivePolicy['foundation'],
): AgeLimit | null {
  return ageLimit(origin?.[key], floors?.[purpose]?.[key], purpose);
}

/**
 * Path inside `origin` → where the foundation writes it, for a limit that the policy doesn't write itself; null: nobody does, it is this
 * software's default; undefined: it is another line, or the policy's own.
 */
export function ageAskedAt(
  { from }: AgeLimit,
  path: DocumentPath,
  purpose: SigningPolicy['purpose'],
): DocumentPath | null | undefined {
  if (path[0] !== key || from === 'policy') return undefined;
  return from === 'foundation' ? ['floors', purpose, key] : null;
}
