/** What changes in an artifact configuration mean. Its elements nest, so a field is identified by the last steps of its path. */
import { foldCase } from '../../glob/index.ts';
import { canonicalJson, type JsonValue } from '../../json/index.ts';
import type { PolicyField } from './field.ts';
import {
  type Difference,
  type Documents,
  type Judged,
  atLeast,
  atMost,
  loosens,
  neutral,
  shown,
  tightens,
} from '../../field-record/index.ts';

export const artifactFields: readonly PolicyField[] = [
  { path: 'root', measure: judgeInside },
  { path: 'root **', measure: judgeInside },
  { path: 'parameters * description', measure: () => neutral('The description is for people to read.') },
  { path: 'parameters', measure: parameter },
  { path: 'parameters *', measure: parameter },
  { path: 'parameters * default', measure: parameter },
  { path: 'parameters * required', measure: parameter },
  { path: 'parameters * pattern', measure: parameter },
];

function parameter(): Judged {
  return loosens('The value of a parameter decides which files are accepted.');
}

function judgeInside(difference: Difference, documents: Documents): Judged {
  const { place, nature, before, after } = difference;
  // Keys only: in a place, list members are numbers, so that no file name can be mistaken for a key.
  const steps = place.filter((step) => typeof step === 'string');
  const last = steps.at(-1);
  const parent = steps.at(-2);
  if (last === 'contents' && nature === 'order') {
    return loosens('The order changed: a file is judged by the first element that matches it.');
  }
  if (last === 'contents' && nature === 'item') return judgeElement(difference, documents);
  if (last === 'matches') return judgeMatches(before, after);
  if (parent === 'matches' && last === 'min')
    return atLeast('The minimum number of files', 0)(difference, documents);
  if (parent === 'matches' && last === 'max')
    return atMost('The maximum number of files')(difference, documents);
  if (steps.includes('upstream')) return judgeUpstream(steps, difference);
  if (last === 'opaque' || parent === 'opaque') return judgeOpaque(before, after);
  if (last === 'follows' || parent === 'follows') return judgeFollows(before, after);
  if (last === 'sign') return judgeSign(before, after);
  if (last === 'metadata' || parent === 'metadata' || last === 'verify' || last === 'requireSignedInside')
    return judgeRestriction(last, before, after);
  if (parent === 'sign' && last === 'existingSignature' && isDefault(before, after, 'refuse')) {
    return neutral('`refuse` is the default.');
  }
  if (
    parent === 'sign' &&
    last === 'hashAlgorithm' &&
    nature !== 'item' &&
    isDefault(before, after, 'sha256')
  ) {
    return neutral('`sha256` is the default.');
  }
  return loosens(`\`${last ?? 'root'}\` decides which files are accepted and how they are signed.`);
}

const isDefault = (before: JsonValue | undefined, after: JsonValue | undefined, value: string): boolean =>
  (before ?? value) === value && (after ?? value) === value;

function judgeSign(before: JsonValue | undefined, after: JsonValue | undefined): Judged {
  if (before === undefined) return loosens('Files that were only checked are now signed.');
  // A file to be signed must carry no signature; without this setting it may carry anybody's.
  if (after === undefined)
    return loosens('These files are no longer signed, and may already carry a signature.');
  return loosens('The way of signing changed.');
}

function judgeFollows(before: JsonValue | undefined, after: JsonValue | undefined): Judged {
  if (before === undefined)
    return loosens(
      'The signer now writes what these files state of signed ones anew, so they are no longer released as approved.',
    );
  if (after === undefined)
    return loosens('What these files state of signed ones is no longer checked, and false after signing.');
  return loosens('These files are read, and written anew, as another format.');
}

function judgeOpaque(before: JsonValue | undefined, after: JsonValue | undefined): Judged {
  if (after === undefined) return tightens('These files must again be scanned completely.');
  return loosens(
    before === undefined
      ? 'These files may contain what can’t be opened and scanned.'
      : 'The reason why these files need not be scanned completely changed.',
  );
}

function judgeRestriction(
  what: string | undefined,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): Judged {
  const name = `\`${what ?? ''}\``;
  if (before === undefined) return tightens(`${name} must now be ${shown(after)}.`);
  if (after === undefined) return loosens(`${name} is no longer compared.`);
  return loosens(`${name} must now be ${shown(after)}, which allows what it didn't allow before.`);
}

/** Lists name what is accepted; all else of `upstream` restricts, and both lists have to be met. */
function judgeUpstream(steps: readonly string[], { nature, before, after }: Difference): Judged {
  const list = ['signers', 'sha256', 'openpgpKeys'].includes(steps.at(-1) ?? '');
  if (nature === 'order') return neutral('The order of a list of upstream decides nothing.');
  if (nature === 'item' && list)
    return before === undefined
      ? loosens(`${shown(after)} is now accepted as upstream’s.`)
      : tightens(`${shown(before)} is no longer accepted as upstream’s.`);
  const fewer = list && isPart(after, before);
  if (fewer) return tightens('Fewer signers of upstream are accepted.');
  return judgeRestriction(steps.at(-1), before, after);
}

/** Whether the one list has nothing that the other hasn't. */
function isPart(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return false;
  const known = new Set(other.map((value: JsonValue) => canonicalJson(value)));
  return one.every((value: JsonValue) => known.has(canonicalJson(value)));
}

function judgeMatches(before: JsonValue | undefined, after: JsonValue | undefined): Judged {
  const [minBefore, maxBefore] = bounds(before);
  const [minAfter, maxAfter] = bounds(after);
  if (minBefore === minAfter && maxBefore === maxAfter) {
    return neutral('Exactly one file is the default.');
  }
  return minAfter >= minBefore && maxAfter <= maxBefore
    ? tightens('A narrower range of file counts is accepted.')
    : loosens('A different range of file counts is accepted.');
}

function bounds(matches: JsonValue | undefined): readonly [number, number] {
  const { min, max } = (matches ?? { min: 1, max: 1 }) as { min?: unknown; max?: unknown };
  return [typeof min === 'number' ? min : 0, typeof max === 'number' ? max : Number.POSITIVE_INFINITY];
}

interface ElementShape {
  readonly type?: string;
  readonly path?: string;
  readonly matches?: JsonValue;
}

function judgeElement({ place, before, after }: Difference, documents: Documents): Judged {
  if (before === undefined) {
    const { path } = after as ElementShape;
    return loosens(`Files at \`${path ?? '?'}\` are now part of the artifact.`);
  }
  const element = before as ElementShape;
  const name = `\`${element.path ?? '?'}\``;
  if (bounds(element.matches)[0] > 0) return loosens(`Files at ${name} are no longer required.`);
  if (laterMayTake(documents.before, place, element)) {
    return loosens(`Files at ${name} may now be judged by a later element.`);
  }
  return tightens(`Files at ${name} are now refused.`);
}

/**
 * Whether a later element of the same container may match what this one leaves, and sign it. A directory is no container:
 * elements after it, and after those around it, are tried as well.
 */
function laterMayTake(document: JsonValue, place: Difference['place'], element: ElementShape): boolean {
  // A directory's files have other paths than its own.
  let path = element.type === 'directory' ? null : literal(element.path);
  for (let end = place.length; ;) {
    const later = listAt(document, place.slice(0, end - 1)).slice(
      Number(place[end - 1]) + 1,
    ) as readonly ElementShape[];
    if (
      later.some(
        (candidate) =>
          path === null || candidate.type === 'directory' || (literal(candidate.path) ?? path) === path,
      )
    )
      return true;
    const around = place.slice(0, end - 2);
    const owner = valueAt(document, around) as ElementShape | undefined;
    if (owner?.type !== 'directory') return false;
    const folder = literal(owner.path);
    path = path === null || folder === null ? null : `${folder}/${path}`;
    // The body of a set is under `each`, one step below its place in the list.
    end = around.at(-1) === 'each' ? around.length - 1 : around.length;
  }
}

/** The path as programs compare it; null: it is a pattern, or there is none. */
const literal = (path: string | undefined): string | null =>
  path === undefined || /[*?$]/.test(path) ? null : foldCase(path);

function listAt(document: JsonValue, place: Difference['place']): readonly JsonValue[] {
  const found = valueAt(document, place);
  return Array.isArray(found) ? (found as readonly JsonValue[]) : [];
}

function valueAt(document: JsonValue, place: Difference['place']): JsonValue | undefined {
  let found: JsonValue | undefined = document;
  for (const step of place)
    found = (found as Record<string | number, JsonValue | undefined> | undefined)?.[step];
  return found;
}
