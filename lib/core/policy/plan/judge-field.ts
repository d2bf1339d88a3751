/** What a change of one field means. A field without a record loosens until somebody has thought about it. */
import type { JsonValue } from '../../json/index.ts';
import { findField, identityKeys } from '../fields/index.ts';
import { type Difference, type Documents, type Judged, unknownField } from '../../field-record/index.ts';
import type { ChangedKind } from './change.ts';

/** One difference in a document of this kind → whether it asks for more or less. Fails closed: what isn't known loosens. */
export function judgeField(kind: ChangedKind, difference: Difference, documents: Documents): Judged {
  const known = findField(kind, difference.path);
  if (known === undefined) return unknownField;
  const judged = known.measure(difference, documents);
  const { path, before, after } = difference;
  // A whole block that comes may hold a line that nobody knows.
  if (judged.effect === 'loosens' || before !== undefined || after === undefined) return judged;
  return everythingKnown(kind, path, after) ? judged : unknownField;
}

function everythingKnown(kind: ChangedKind, path: Difference['path'], value: JsonValue): boolean {
  if (Array.isArray(value)) {
    const members = value as readonly JsonValue[];
    if (members.some((member) => typeof member === 'object' && member !== null)) {
      return members.every((member) => everythingKnown(kind, [...path, '*'], member));
    }
    return findField(kind, path) !== undefined || findField(kind, [...path, '*']) !== undefined;
  }
  if (typeof value !== 'object' || value === null) return findField(kind, path) !== undefined;
  return Object.entries(value).every(
    // The name by which members of a list are told apart is no field of its own.
    ([key, one]) => (path.length > 1 && naming.has(key)) || everythingKnown(kind, [...path, key], one),
  );
}

const naming: ReadonlySet<string> = new Set(identityKeys);
