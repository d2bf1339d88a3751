/** `origin.maximumAgeHours`: how old a build may be when it is signed. */
import {
  atMost,
  loosens,
  shown,
  tightens,
  type Difference,
  type Documents,
  type Judged,
  type Measure,
} from '../../field-record/index.ts';
import { releaseAgeHoursDefault, type AgeLimit } from '../age-limit.ts';
import type { Purpose } from '../compared.ts';
import type { OriginField } from '../field.ts';

/** Of the policy's line and of the foundation's. */
export const ageFloorBounds = { type: 'integer', minimum: 1, maximum: 8784 } as const;
const age = "A build's age in hours";

export const maximumAge: OriginField = {
  path: 'maximumAgeHours',
  schema: {
    description:
      'How old the build may be when it is signed, in hours since the transparency log saw its attestation. The time that a request waits for approval counts. Left out: as long as the foundation allows, and for a release 720 hours where it says nothing.',
    ...ageFloorBounds,
  },
  measure: (difference, documents) => measureAge(purposeOf(documents))(difference, documents),
  says: ({ age: limit }) => sentence(limit),
  form: {
    label: 'Maximum age in hours',
    hint: 'How old a build may be when it is checked. Waiting for approval counts. Empty: what the foundation asks, and for a release 30 days where it asks nothing.',
    kind: 'number',
    optional: true,
  },
  reference: {
    meaning:
      'Hours from the time that the transparency log or timestamp authority vouches for until the check (rule `origin.age`). Waiting for approval counts. Left out: the foundation’s floor, and for a release 720 (30 days) where there is none',
    enforcedBy: 'signer',
  },
};

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

const purposeOf = ({ after }: Documents): Purpose =>
  (after as { readonly purpose?: unknown } | undefined)?.purpose === 'test' ? 'test' : 'release';

export function measureAge(purpose: Purpose): Measure {
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
