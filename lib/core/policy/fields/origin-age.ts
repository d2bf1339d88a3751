/** How old a build may be: the foundation's floor under `origin.maximumAgeHours`, and the limit that applies if the policy doesn't set one. */
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
      'No build may be older than this many hours when it is signed. It applies to every policy that sets no origin.maximumAgeHours, and none may set more.',
    ...ageFloorBounds,
  },
  measure: measureAge,
  ofOrigins: true,
  // A policy that sets no age of its own gets the floor's.
  breaches: ({ policy: { origin }, floor: { maximumAgeHours: hours } }) =>
    hours === undefined || (origin?.[key] ?? hours) <= hours
      ? []
      : [
          {
            in: 'policy',
            path: ['origin', key],
            message: `The foundation requires builds no older than ${hours} hours`,
            fix: `Set ${key} to ${hours} or less, or remove the line: then ${hours} applies.`,
          },
        ],
  reference: {
    key: `\`${key}\``,
    must: `set no \`${key}\` above that; a policy that sets none gets that`,
  },
};

/** The limit that applies to a policy, with defaults. */
export function ageLimitOf(
  { origin, purpose }: SigningPolicy,
  { floors }: EffectivePolicy['foundation'],
): AgeLimit | null {
  return ageLimit(origin?.[key], floors?.[purpose]?.[key], purpose);
}

/**
 * Path inside `origin` → where the foundation sets the limit, if the policy doesn't; null: the foundation doesn't either, so
 * it is this software's default; undefined: it is another field, or the policy sets it.
 */
export function ageAskedAt(
  { from }: AgeLimit,
  path: DocumentPath,
  purpose: SigningPolicy['purpose'],
): DocumentPath | null | undefined {
  if (path[0] !== key || from === 'policy') return undefined;
  return from === 'foundation' ? ['floors', purpose, key] : null;
}
