/** What a change of one field means. A field without a record loosens until it has one. */
import type { JsonValue } from '../../json/index.ts';
import { findField, identityKeys } from '../fields/index.ts';
import { type Difference, type Documents, type Judged, unknownField } from '../../field-record/index.ts';
import type { ChangedKind } from './change.ts';

/** One difference in a document of this kind → whether it tightens or loosens. Fails closed: anything unknown loosens. */
export function judgeField(kind: ChangedKind, difference: Difference, documents: Documents): Judged {
  const known = findField(kind, difference.path);
  if (known === undefined) return unknownField;
  const judged = known.measure(difference, documents);
  const { path, before, after } = difference;
  // A new block may contain unknown lines.
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
    // The name that identifies members of a list isn't a field of its own.
    ([key, one]) => (path.length > 1 && naming.has(key)) || everythingKnown(kind, [...path, key], one),
  );
}

const naming: ReadonlySet<string> = new Set(identityKeys);
