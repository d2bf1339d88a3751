/** `origin.maximumAgeHours`: how old a build may be when it is signed, and the foundation's floor under it. */
import type { SigningPolicy } from '../../generated/index.ts';
import { ageLimit, releaseAgeHoursDefault, type AgeLimit } from '../../origin/index.ts';
import type { DocumentPath } from '../document.ts';
import type { EffectivePolicy } from '../effective-policy.ts';
import { ofOrigin, type PolicyField } from './field.ts';
import {
  type Difference,
  type Documents,
  type Judged,
  type Measure,
  atMost,
  loosens,
  shown,
  tightens,
} from '../../field-record/index.ts';

const key = 'maximumAgeHours';
const bounds = { type: 'integer', minimum: 1, maximum: 8784 } as const;
const age = "A build's age in hours";

export const maximumAge: PolicyField = {
  path: `origin ${key}`,
  schema: {
    description:
      'How old the build may be when it is signed, in hours since the transparency log saw its attestation. The time that a request waits for approval counts. Left out: as long as the foundation allows, and for a release 720 hours where it says nothing.',
    ...bounds,
  },
  measure: (difference, documents) => measureOf(purposeOf(documents))(difference, documents),
  says: { section: 'Where it is built', sentences: ofOrigin((_origin, { age: limit }) => sentence(limit)) },
  floors: [
    {
      name: key,
      schema: {
        description:
          'No build may be older than so many hours when it is signed. It holds for every policy that sets no origin.maximumAgeHours, and none may set more.',
        ...bounds,
      },
      measure: measureOf,
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
    },
  ],
  form: {
    label: 'Maximum age in hours',
    hint: 'How old a build may be when it is checked. Waiting for approval counts. Empty: what the foundation asks, and for a release 30 days where it asks nothing.',
    kind: 'number',
    optional: true,
    needs: ['origin'],
  },
  reference: {
    meaning:
      'Hours from the time that the transparency log or timestamp authority vouches for until the check (rule `origin.age`). Waiting for approval counts. Left out: the foundation’s floor, and for a release 720 (30 days) where there is none',
    enforcedBy: 'signer',
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

function sentence(limit: AgeLimit | null): readonly string[] {
  if (limit === null) return [];
  const says = {
    policy: '',
    foundation: ', as the foundation asks of every policy',
    default: ', as neither the policy nor the foundation says how old',
  }[limit.from];
  return [`When it is signed, the build may be at most ${duration(limit.hours)} old${says}.`];
}

function duration(hours: number): string {
  if (hours % 24 === 0) return hours === 24 ? '1 day' : `${hours / 24} days`;
  return hours === 1 ? '1 hour' : `${hours} hours`;
}

const purposeOf = ({ after }: Documents): SigningPolicy['purpose'] =>
  (after as { readonly purpose?: unknown } | undefined)?.purpose === 'test' ? 'test' : 'release';

function measureOf(purpose: SigningPolicy['purpose']): Measure {
  return purpose === 'test' ? atMost(age) : releaseAge;
}

/**
 * Without a line, a release may be as old as the foundation says, or the default; which of the two, the document doesn't
 * tell. So a line that comes tightens only where it is no more than the default, and one that goes may loosen.
 */
function releaseAge(difference: Difference, documents: Documents): Judged {
  const { before, after } = difference;
  if (before !== undefined && after !== undefined) return atMost(age)(difference, documents);
  if (before === undefined && typeof after === 'number' && after <= releaseAgeHoursDefault) {
    return tightens(`${age} may be at most ${shown(after)} now.`);
  }
  return loosens(`${age} may be more than before, where nothing else says less.`);
}
