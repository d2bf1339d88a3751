/** What counts as tightening or as deciding nothing lets nothing through that was refused before. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCounts, compileConfiguration, configurationProblems } from '../../artifact/index.ts';
import type { ArtifactConfiguration, Element } from '../../generated/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { worst } from '../../field-record/index.ts';
import { compareJson } from '../fields/index.ts';
import { judgeField } from './judge-field.ts';

/** As much of a file as an element can ask for. */
interface File {
  readonly path: string;
  readonly program: boolean;
  readonly signedAlready: boolean;
  readonly opaque: boolean;
  readonly productName: string;
}

const path = fc
  .constantFrom('a.exe', 'A.exe', 'b.exe', 'd/a.exe', '*.exe', 'd/*', '**')
  .map((one) => ({ path: one }));
const many = { matches: { min: 0, max: 'unbounded' } };
const matches = fc.constantFrom(
  {},
  many,
  many,
  many,
  { matches: { min: 0, max: 1 } },
  { matches: { min: 1, max: 2 } },
);
const sign = fc.constantFrom({}, { sign: { method: 'authenticode' } });
const metadata = fc.constantFrom(
  {},
  {},
  { metadata: { productName: 'x' } },
  { metadata: { productName: '*' } },
);
const opaque = fc.constantFrom({}, {}, { opaque: { reason: 'Nobody can open this one.' } });
const merged = (parts: readonly object[]): object => Object.assign({}, ...parts) as object;
const body = fc.oneof(
  fc.tuple(fc.constant({ type: 'pe' }), sign, metadata, opaque).map(merged),
  fc.tuple(fc.constant({ type: 'file' }), opaque).map(merged),
);
const leaf = fc.tuple(body, path, matches).map(merged);
const directory = fc
  .tuple(
    fc
      .array(leaf, { minLength: 1, maxLength: 2 })
      .chain((contents) =>
        fc.constantFrom('d', '?').map((at) => ({ type: 'directory', path: at, contents })),
      ),
    fc.constantFrom({}, { matches: { min: 0, max: 1 } }, many, { matches: { min: 1, max: 2 } }),
  )
  .map(merged);
// No sets: two of them can't be told apart by name, so whatever changes beside one counts as loosening.
const element = fc.oneof({ weight: 3, arbitrary: leaf }, directory) as fc.Arbitrary<Element>;
const contents = fc.array(element, { minLength: 1, maxLength: 3 });
const configuration = (list: readonly Element[]): ArtifactConfiguration => ({
  apiVersion: 'countersign/v1',
  kind: 'ArtifactConfiguration',
  root: { type: 'zip', contents: [...list] },
});
const files = fc.uniqueArray(
  fc.record({
    path: fc.constantFrom('a.exe', 'b.exe', 'd/a.exe', 'd/b.exe', 'e/a.exe'),
    program: fc.constantFrom(true, true, true, false),
    signedAlready: fc.boolean(),
    opaque: fc.constantFrom(false, false, false, true),
    productName: fc.constantFrom('x', 'y'),
  }),
  { selector: (one) => one.path, minLength: 1, maxLength: 2 },
);

/** What gets signed, by its path; null: the artifact is refused. */
function signs(of: ArtifactConfiguration, list: readonly File[]): Readonly<Record<string, string>> | null {
  const matcher = compileConfiguration(of);
  const counts = new Map<number, number>();
  const signed: Record<string, string> = {};
  for (const file of list) {
    const found = matcher.matchEntry(0, file.path);
    if (found === null) return null;
    counts.set(found.index, (counts.get(found.index) ?? 0) + 1);
    if (file.opaque && found.opaque === null) return null;
    if (found.type !== 'pe') continue;
    if (!file.program) return null;
    const name = found.check?.['productName'] ?? '*';
    if (name !== '*' && name !== file.productName) return null;
    if (found.sign === null) continue;
    if (file.signedAlready) return null;
    signed[file.path] = JSON.stringify(found.sign);
  }
  const paths = list.map((file) => file.path);
  const counted = checkCounts({ matcher, container: 0, containerPath: [], locations: {}, counts, paths });
  return counted.some((finding) => finding.outcome === 'fail') ? null : signed;
}

/** What can happen to one element: it goes, moves, gets another before it, or has another line. */
const edits = fc.oneof(
  fc.record({ how: fc.constantFrom('remove' as const, 'move' as const) }),
  fc.record({ how: fc.constant('insert' as const), other: element }),
  ...Object.entries({ sign, metadata, matches, opaque, path }).map(([key, lines]) =>
    fc.record({ how: fc.constant('line' as const), key: fc.constant(key), line: lines }),
  ),
);
type Edit = typeof edits extends fc.Arbitrary<infer Value> ? Value : never;

function edited(list: readonly Element[], at: number, edit: Edit): readonly Element[] {
  const copy = structuredClone(list) as Element[];
  const lists = [copy, ...copy.flatMap((one) => (one.type === 'directory' ? [one.contents] : []))];
  const target = lists[at % lists.length] ?? copy;
  const place = at % target.length;
  const here = target[place] as unknown as Record<string, unknown>;
  switch (edit.how) {
    case 'remove':
      target.splice(place, 1);
      break;
    case 'move':
      target.push(...target.splice(place, 1));
      break;
    case 'insert':
      target.splice(place, 0, edit.other);
      break;
    case 'line':
      Reflect.deleteProperty(here, edit.key);
      Object.assign(here, edit.line);
  }
  return copy;
}

/** Tightening and neutral changes → what they let through. */
function holdsBack(before: ArtifactConfiguration, after: ArtifactConfiguration): boolean {
  const documents = { before: before as unknown as JsonValue, after: after as unknown as JsonValue };
  const effects = compareJson(documents.before, documents.after).map(
    (difference) => judgeField('ArtifactConfiguration', difference, documents).effect,
  );
  return effects.length > 0 && worst(effects) !== 'loosens';
}

describe('a change of an artifact configuration that one signature is enough for', () => {
  test('lets no artifact through, and signs nothing, that was refused before', () => {
    let [changes, admitted] = [0, 0];
    fc.assert(
      fc.property(
        contents,
        fc.nat(11),
        edits,
        fc.array(files, { minLength: 20, maxLength: 20 }),
        (list, at, edit, artifacts) => {
          const before = configuration(list);
          const after = configuration(edited(list, at, edit));
          if (configurationProblems(before).length > 0 || configurationProblems(after).length > 0) return;
          if (!holdsBack(before, after)) return;
          changes += 1;
          for (const artifact of artifacts) {
            const allowed = signs(after, artifact);
            if (allowed === null) continue;
            admitted += 1;
            expect(signs(before, artifact), JSON.stringify(artifact)).toEqual(
              expect.objectContaining(allowed),
            );
          }
        },
      ),
      { numRuns: 6000 },
    );
    expect(changes).toBeGreaterThan(150);
    expect(admitted).toBeGreaterThan(150);
  });

  const signing = { sign: { method: 'authenticode' } } as const;
  const any = { matches: { min: 0, max: 'unbounded' } } as const;
  const file = (path: string): Element => ({ type: 'file', path, ...any });
  const program = (path: string): Element => ({ type: 'pe', path, ...any, ...signing });
  const folder = (path: string, ...list: Element[]): Element => ({
    type: 'directory',
    path,
    contents: [file('b.txt'), ...list],
  });
  const effectIsHarmless = (before: readonly Element[], after: readonly Element[]): boolean =>
    holdsBack(configuration(before), configuration(after));

  test.each<[string, Element, Element]>([
    ['in a directory, before a pattern outside', folder('d', file('a.exe')), program('**')],
    ['in a directory, before the same file outside', folder('d', file('a.exe')), program('D/A.exe')],
    ['in a directory, before another directory', folder('d', file('a.exe')), folder('D', program('*'))],
    ['by a pattern, before a file by its name', file('*.exe'), program('a.exe')],
    ['before a directory that may hold it', file('d/a.exe'), folder('D', program('a.exe'))],
  ])('is none that takes an optional element away: %s', (_, element, later) => {
    const rest = element.type === 'directory' ? [folder('d'), later] : [later];
    expect(effectIsHarmless([element, later], rest)).toBe(false);
  });

  test('may take an optional element away that no later one stands in for', () => {
    const later = program('e/a.exe');
    expect(effectIsHarmless([folder('d', file('a.exe')), later], [folder('d'), later])).toBe(true);
    expect(effectIsHarmless([file('a.exe'), later], [later])).toBe(true);
    expect(effectIsHarmless([later, file('**')], [later])).toBe(true);
    // Files in an archive are none of those around it.
    const archive = (...list: Element[]): Element => ({
      type: 'zip',
      path: 'a.zip',
      contents: [file('b.txt'), ...list],
    });
    expect(effectIsHarmless([archive(file('a.exe')), program('**')], [archive(), program('**')])).toBe(true);
  });

  test('is none that lets a program carry a signature already, signed or not', () => {
    const unsigned: Element = { type: 'pe', path: 'a.exe', ...any };
    expect(effectIsHarmless([program('a.exe')], [unsigned])).toBe(false);
  });
});
