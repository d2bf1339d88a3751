/** Whatever a file looks like, an edit of the portal's changes the lines that it means, and no others. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Pair } from 'yaml';
import type { Kind } from '#core/generated/index.ts';
import type { JsonValue } from '#core/json/index.ts';
import { formatPolicyFile, parsePolicyFile } from '#core/policy/index.ts';
import type { DocumentPath } from '#core/policy/index.ts';
import { seedOnGitLab } from '#core/policy/gitlab-origin.fixture.ts';
import { decode, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { editPolicyFile, editsOfForm, policyForm, type FormField, type PolicyEdit } from './index.ts';

interface File {
  readonly path: string;
  readonly text: string;
  readonly kind: Kind;
  readonly value: JsonValue;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(path: string, text: string): File | null {
  const parsed = parsePolicyFile({ path, bytes: bytesOf(text) });
  if (!parsed.ok) return null;
  const { value } = parsed.document;
  return { path, text, kind: value.kind, value: value as unknown as JsonValue };
}

const corpus = join(import.meta.dirname, '../../core/policy/corpus');
const placeOf = (name: string): string =>
  name.endsWith('.artifact.yaml')
    ? 'projects/esbuild-demo/artifacts/windows-package.yaml'
    : name.endsWith('.policy.yaml')
      ? 'projects/esbuild-demo/policies/release-signing.yaml'
      : 'people/demo-steward.yaml';
const revocation = `apiVersion: countersign/v1
kind: Revocation
serial: 5a3c01
project: widget
certificate: release
trigger: malware
reason: privilegeWithdrawn
effectiveAt: '2026-11-20T00:00:00Z'
statement: A build was tampered with.
`;
const files: readonly File[] = [
  ...[...seedWithKeys(), ...seedOnGitLab([])].map(([path, bytes]) => read(path, decode(bytes))),
  ...readdirSync(corpus)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => read(placeOf(name), readFileSync(join(corpus, name), 'utf8'))),
  read('revocations/5a3c01.yaml', revocation),
].filter((file) => file !== null);

/** As people write files by hand. */
const manners: Readonly<Record<string, (text: string) => string>> = {
  plainly: (text) => text,
  'with double quotes': (text) => text.replaceAll(/(?<=[\s[])'([^'"\\\n]*)'(?=[\s,\]]|$)/g, '"$1"'),
  'with four spaces': (text) => text.replaceAll(/^ +/gm, (space) => space + space),
  'with dashes under their key': (text) =>
    parseDocument(text).toString({ indentSeq: false, lineWidth: 0, flowCollectionPadding: false }),
  'with room in brackets': (text) => text.replaceAll(/\[(?=\S)([^\]\n]+)\]/g, '[ $1 ]'),
  'with much space between': (text) => text.replaceAll(/^(?=[a-z]\w*:)/gm, '\n\n'),
  'with six spaces in one place': (text) =>
    text.replaceAll(
      /^(team|approval):\n((?: .*\n)+)/gm,
      (_, name: string, lines: string) => `${name}:\n${lines.replaceAll(/^ {2}/gm, '      ')}`,
    ),
  'by Windows': (text) => text.replaceAll('\n', '\r\n'),
};

/** With comments above some lines and behind others. */
const commented = (text: string, places: readonly number[]): string =>
  text
    .split('\n')
    .flatMap((line, at) => {
      if (!places.includes(at % 17) || !/^\s*(?:- )?[\w-]+:/.test(line)) return [line];
      const comment = `${/^\s*/.exec(line)?.[0] ?? ''}# why ${at}`;
      return at % 2 === 0 ? [comment, line] : [/[\w'"\]]$/.test(line) ? `${line} # since ${at}` : line];
    })
    .join('\n');

const key = { type: 'ssh', publicKey: `ssh-ed25519 ${'A'.repeat(68)}` };
const listAt = (value: JsonValue, path: DocumentPath): readonly JsonValue[] => {
  let found: unknown = value;
  for (const step of path) found = (found as Readonly<Record<string, unknown>> | undefined)?.[step];
  return Array.isArray(found) ? (found as readonly JsonValue[]) : [];
};
const oneMore = ({ value }: File, path: DocumentPath, item: JsonValue): readonly PolicyEdit[] => [
  { path, value: [...listAt(value, path), item] },
];

/** Those that the portal makes of a file by itself. */
function ownEdits(file: File): readonly (readonly PolicyEdit[])[] {
  switch (file.kind) {
    case 'Person':
      return [oneMore(file, ['approvalKeys'], key)];
    case 'Project':
      return [
        [{ path: ['program'], value: 'small' }],
        [{ path: ['status'], value: 'paused' }],
        ...['authors', 'approvers', 'submitters'].map((role) => oneMore(file, ['team', role], 'nora')),
      ];
    case 'SigningPolicy':
      return [
        oneMore(file, ['approval', 'approvers'], 'nora'),
        oneMore(file, ['submitters', 'people'], 'nora'),
      ];
    case 'Revocation':
      return [
        [{ path: ['reinstated'], value: { decidedAt: '2026-11-30T00:00:00Z', statement: 'It is mended.' } }],
      ];
    default:
      return [];
  }
}

const choices = {
  certificates: ['release', 'test'],
  openpgpKeys: [],
  rawKeys: [],
  artifacts: ['windows-package', 'other'],
  approvers: [
    ['demo-approver', 'Alex Approver'],
    ['nora', 'Nora'],
  ] as const,
  ownCertificates: true,
};

/** Each field of the form, set to something else, and left empty. */
function formEdits(file: File): readonly (readonly PolicyEdit[])[] {
  return policyForm(file.kind, file.value, choices).flatMap((field) =>
    [otherOf(field), ['']].flatMap((values) => {
      const { edits } = editsOfForm(file.kind, file.value, new Map([[field.name, values]]));
      return edits.length === 0 ? [] : [edits];
    }),
  );
}

function otherOf({ kind, options, values }: FormField): readonly string[] {
  const others = options.map(([value]) => value).filter((value) => value !== '' && !values.includes(value));
  if (kind === 'checkboxes') return ['', ...values, ...others.slice(0, 1)];
  if (kind === 'choice') return [others[0] ?? values[0] ?? ''];
  if (kind === 'lines') return [`${values[0] ?? ''}\nadded/*`];
  return [kind === 'number' ? '7' : 'Other words.'];
}

/** Lines of the text (from 0) that say what stands at a path, or at the last step of it that is there; null: nothing of it is there. */
function linesAt(text: string, path: DocumentPath, depth = path.length): readonly [number, number] | null {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  let container: unknown = document.contents;
  let pair: Pair | undefined;
  for (const step of path.slice(0, depth)) {
    if (!isMap(container)) return null;
    pair = container.items.find((item) => isScalar(item.key) && item.key.value === step);
    if (pair === undefined) return null;
    container = pair.value;
  }
  const start = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  const value = pair?.value as
    { readonly range?: readonly [number, number, number] | null } | null | undefined;
  if (start === undefined) return null;
  const end = Math.max(start, (value?.range?.[1] ?? start + 1) - 1);
  return [counter.linePos(start).line - 1, counter.linePos(end).line - 1];
}

/** Whether a list's lines are its own, so that one more adds to them. */
function isBlockList(text: string, path: DocumentPath): boolean {
  const list = parseDocument(text).getIn(path, true);
  return isSeq(list) && list.flow !== true && list.items.length > 0;
}

const isSubsequence = (some: readonly string[], all: readonly string[]): boolean => {
  let at = 0;
  for (const line of all) if (at < some.length && line === some[at]) at += 1;
  return at === some.length;
};

function checkLines(before: string, after: string, { path, value }: PolicyEdit): void {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const here = linesAt(before, path);
  const adds = value !== undefined && (here === null || (Array.isArray(value) && isBlockList(before, path)));
  if (adds && isSubsequence(old, now)) return;
  // What was empty, or in brackets, is written anew where something comes into it; what becomes empty goes, with the comment above it.
  let range = here;
  const goes = value === undefined;
  for (let depth = path.length - 1; depth > 0 && (range === null || goes); depth -= 1) {
    const around = linesAt(before, path, depth);
    if (around === null) continue;
    if (range === null || parseDocument(after).getIn(path.slice(0, depth)) === undefined) range = around;
  }
  expect(
    range,
    `lines were changed that say something else than ${path.join('.')}:\n${after}`,
  ).not.toBeNull();
  let [from, to] = range ?? [0, 0];
  const isAbove = (line: string | undefined): boolean =>
    line !== undefined && /^\s*(?:#.*)?$/.test(line.trimEnd());
  while (goes && isAbove(old[from - 1])) from -= 1;
  while (goes && isAbove(old[to + 1])) to += 1;
  expect(now.slice(0, from), path.join('.')).toEqual(old.slice(0, from));
  const rest = old.slice(to + 1);
  expect(rest.length === 0 ? [] : now.slice(-rest.length), path.join('.')).toEqual(rest);
}

const styled = fc
  .tuple(
    fc.constantFrom(...files),
    fc.constantFrom(...Object.keys(manners)),
    fc.array(fc.nat(16), { maxLength: 6 }),
  )
  .map(([file, manner, places]) => {
    const text = manners[manner]?.(commented(file.text, places)) ?? file.text;
    const found = read(file.path, text);
    return found !== null && JSON.stringify(found.value) === JSON.stringify(file.value) ? found : file;
  });

describe('an edit by the portal', () => {
  it('has files of each kind that it makes, written in each manner', () => {
    for (const kind of ['Person', 'Project', 'SigningPolicy', 'Revocation'])
      expect(files.some((file) => file.kind === kind)).toBe(true);
    for (const [manner, write] of Object.entries(manners)) {
      const written = files.filter(({ path, text, value }) => {
        const found = read(path, write(text));
        return JSON.stringify(found?.value) === JSON.stringify(value) && write(text) !== text;
      });
      expect(manner === 'plainly' || written.length > 2, manner).toBe(true);
    }
  });

  it('changes the lines that say what it is about, and no others', () => {
    fc.assert(
      fc.property(styled, fc.nat(), (file, which) => {
        const all = [...ownEdits(file), ...formEdits(file)];
        const edits = all[which % Math.max(1, all.length)];
        if (edits === undefined) return;
        const [only] = edits;
        if (only === undefined || edits.length > 1) return;
        const edited = editPolicyFile(file, edits);
        if (!edited.ok) throw new Error(edited.diagnostics[0]?.message);
        checkLines(file.text, edited.text, only);
        expect(jsonAt(edited.text, only.path)).toEqual(only.value);
      }),
      { numRuns: 400 },
    );
  });

  it('leaves a file in the layout of fmt that is in it', () => {
    for (const file of files) {
      const { path, text } = file;
      const formatted = formatPolicyFile({ path, bytes: bytesOf(text) });
      if (!formatted.ok || formatted.changed) continue;
      for (const edits of [...ownEdits(file), ...formEdits(file)]) {
        const edited = editPolicyFile(file, edits);
        if (!edited.ok) throw new Error(edited.diagnostics[0]?.message);
        expect(formatPolicyFile({ path, bytes: bytesOf(edited.text) })).toMatchObject({ changed: false });
      }
    }
  });
});

function jsonAt(text: string, path: DocumentPath): unknown {
  let found = parseDocument(text).toJS() as unknown;
  for (const step of path) found = (found as Readonly<Record<string, unknown>> | undefined)?.[step];
  return found;
}
