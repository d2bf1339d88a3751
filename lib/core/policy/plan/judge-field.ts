/** What a change of one field means. A field without a record loosens until it has one. */
import type { JsonValue } from '../../json/index.ts';
import { findField, identityKeys } from '../fields/index.ts';
import {
  loosens,
  unknownField,
  type Difference,
  type Documents,
  type Judged,
} from '../../field-record/index.ts';
import { providerIn } from '../../origin/index.ts';
import type { ChangedKind } from './change.ts';

/** One difference in a document of this kind → whether it tightens or loosens. Fails closed: anything unknown loosens. */
export function judgeField(kind: ChangedKind, difference: Difference, documents: Documents): Judged {
  const [was, is] = [providerIn(documents.before), providerIn(documents.after)];
  // Lines of two providers can't be held against one another, however alike they look.
  if (difference.path[0] === 'origin' && was !== null && is !== null && was !== is) {
    return loosens(`Builds of provider ${is} count now, not of ${was}.`);
  }
  const provider = is ?? was;
  const known = findField(kind, difference.path, provider);
  if (known === undefined) return unknownField;
  const judged = known.measure(difference, documents);
  const { path, before, after } = difference;
  // A new block may contain unknown lines.
  if (judged.effect === 'loosens' || before !== undefined || after === undefined) return judged;
  return everythingKnown({ kind, provider }, path, after) ? judged : unknownField;
}

interface Place {
  readonly kind: ChangedKind;
  readonly provider: string | null;
}

function everythingKnown(of: Place, path: Difference['path'], value: JsonValue): boolean {
  const isKnown = (at: Difference['path']): boolean => findField(of.kind, at, of.provider) !== undefined;
  if (Array.isArray(value)) {
    const members = value as readonly JsonValue[];
    if (members.some((member) => typeof member === 'object' && member !== null)) {
      return members.every((member) => everythingKnown(of, [...path, '*'], member));
    }
    return isKnown(path) || isKnown([...path, '*']);
  }
  if (typeof value !== 'object' || value === null) return isKnown(path);
  return Object.entries(value).every(
    // The name that identifies members of a list isn't a field of its own.
    ([key, one]) => (path.length > 1 && naming.has(key)) || everythingKnown(of, [...path, key], one),
  );
}

const naming: ReadonlySet<string> = new Set(identityKeys);
