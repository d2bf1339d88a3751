/** What changes in an artifact configuration mean. Its elements nest, so a field is told by its last steps. */
import { foldCase } from '../../glob/index.ts';
import type { JsonValue } from '../../json/index.ts';
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
];

function parameter(): Judged {
  return loosens('What stands for a parameter decides which files are accepted.');
}

function judgeInside(difference: Difference, documents: Documents): Judged {
  const { place, nature, before, after } = difference;
  // Keys only: in a place, members of lists are numbers, so that no file name can pass for a key.
  const steps = place.filter((step) => typeof step === 'string');
  const last = steps.at(-1);
  const parent = steps.at(-2);
  if (last === 'contents' && nature === 'order') {
    return loosens('The order changed: the first element that matches a file decides about it.');
  }
  if (last === 'contents' && nature === 'item') return judgeElement(difference, documents);
  if (last === 'matches') return judgeMatches(before, after);
  if (parent === 'matches' && last === 'min')
    return atLeast('The least number of files', 0)(difference, documents);
  if (parent === 'matches' && last === 'max')
    return atMost('The greatest number of files')(difference, documents);
  if (last === 'opaque' || parent === 'opaque') return judgeOpaque(before, after);
  if (last === 'sign') return judgeSign(before, after);
  if (last === 'metadata' || parent === 'metadata' || last === 'verify')
    return judgeRestriction(last, before, after);
  if (parent === 'sign' && last === 'existingSignature' && isDefault(before, after, 'refuse')) {
    return neutral('`refuse` is what a missing line means.');
  }
  if (parent === 'sign' && last === 'hashAlgorithm' && isDefault(before, after, 'sha256')) {
    return neutral('`sha256` is what a missing line means.');
  }
  return loosens(`\`${last ?? 'root'}\` decides which files are accepted and how they are signed.`);
}

const isDefault = (before: JsonValue | undefined, after: JsonValue | undefined, value: string): boolean =>
  (before ?? value) === value && (after ?? value) === value;

function judgeSign(before: JsonValue | undefined, after: JsonValue | undefined): Judged {
  if (before === undefined) return loosens('Files that were only checked get signed now.');
  // What gets signed must carry no signature; without the line, anybody's may be on it.
  if (after === undefined)
    return loosens('These files are not signed any more, and may carry a signature already.');
  return loosens('The way of signing changed.');
}

function judgeOpaque(before: JsonValue | undefined, after: JsonValue | undefined): Judged {
  if (after === undefined) return tightens('These files must be scanned completely again.');
  return loosens(
    before === undefined
      ? 'These files may hold what nobody can open and scan.'
      : 'The reason why these files need not be scanned completely is another one.',
  );
}

function judgeRestriction(
  what: string | undefined,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): Judged {
  const name = `\`${what ?? ''}\``;
  if (before === undefined) return tightens(`${name} must be ${shown(after)} now.`);
  if (after === undefined) return loosens(`${name} is not compared any more.`);
  return loosens(`${name} must be ${shown(after)} now, which allows what it didn't allow before.`);
}

function judgeMatches(before: JsonValue | undefined, after: JsonValue | undefined): Judged {
  const [minBefore, maxBefore] = bounds(before);
  const [minAfter, maxAfter] = bounds(after);
  if (minBefore === minAfter && maxBefore === maxAfter) {
    return neutral('Exactly one file is what a missing line means.');
  }
  return minAfter >= minBefore && maxAfter <= maxBefore
    ? tightens('Fewer numbers of files are accepted.')
    : loosens('Other numbers of files are accepted.');
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
    return loosens(`Files at \`${path ?? '?'}\` belong to the artifact now.`);
  }
  const element = before as ElementShape;
  const name = `\`${element.path ?? '?'}\``;
  if (bounds(element.matches)[0] > 0) return loosens(`Files at ${name} don't have to be there any more.`);
  if (laterMayTake(documents.before, place, element)) {
    return loosens(`Files at ${name} may be judged by a later element now.`);
  }
  return tightens(`Files at ${name} are refused now.`);
}

/**
 * Whether a later element of the same container may match what this one leaves, and sign it. A directory is no container:
 * elements after it, and after those around it, are tried as well.
 */
function laterMayTake(document: JsonValue, place: Difference['place'], element: ElementShape): boolean {
  // What is in a directory is more than its own path.
  let path = element.type === 'directory' ? null : literal(element.path);
  for (let end = place.length; ;) {
    const later = listAt(document, place.slice(0, end - 1)).slice(
      Number(place[end - 1]) + 1,
    ) as readonly ElementShape[];
    if (
      later.some(
        (elementShape) =>
          path === null || elementShape.type === 'directory' || (literal(elementShape.path) ?? path) === path,
      )
    )
      return true;
    const around = place.slice(0, end - 2);
    const owner = valueAt(document, around) as ElementShape | undefined;
    if (owner?.type !== 'directory') return false;
    const folder = literal(owner.path);
    path = path === null || folder === null ? null : `${folder}/${path}`;
    // A set names its directories elsewhere than its body.
    end = around.at(-1) === 'each' ? around.length - 1 : around.length;
  }
}

/** The path as programs compare it; null: it is a pattern, or stands somewhere else. */
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
