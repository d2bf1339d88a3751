/** What the inspector answered, and what the scan found → the report. Pure; the same answer makes the same report. */
import type { DetectedType } from '../formats/detected-type/index.ts';
import type { ExistingSignature } from '../formats/existing-signature.ts';
import type { FileFacts, FormatType, Options } from '../formats/format.ts';
import type { Sha256Hex } from '../ids/index.ts';
import { failures, warnings, type Finding, type PolicyLocation } from '../wire/finding/index.ts';
import { filesAtOnce, finished, type Steps } from './steps.ts';
import { inTreeOrder } from './tree.ts';
import {
  reportEntriesMax,
  reportKind,
  reportVersion,
  type InspectionReport,
  type NotSeen,
  type ReportCounts,
  type ReportedElement,
  type ReportedScan,
  type ReportEntry,
} from './report.ts';

/** The inspector’s `Content`. */
interface InspectedContent {
  readonly detected: DetectedType;
  readonly formats: readonly string[];
  readonly covered: boolean;
  readonly closed: readonly NotSeen[];
  readonly closedCount: number;
}

/** A leaf or a container of the inspector’s answer. */
interface DeclaredFile {
  readonly path: readonly string[];
  /** Index of its element. */
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly facts: FileFacts | null;
  readonly signatures: readonly ExistingSignature[] | null;
  readonly content: InspectedContent;
}

/** A file in one that nobody declared. */
interface FileInside {
  /** Of the declared file around it. */
  readonly within: readonly string[];
  /** From there on, a step for each container. */
  readonly inner: readonly string[];
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly detected: DetectedType;
  readonly covered: boolean;
}

/** The inspector’s answer, as far as it is reported. */
export interface Inspected {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly findings: readonly Finding[];
  /** Files and directories that the walk came across, expected or not. */
  readonly tree: readonly {
    readonly path: readonly string[];
    readonly type: 'file' | 'directory';
    readonly sizeBytes: number;
    readonly sha256: string;
  }[];
  readonly leaves: readonly DeclaredFile[];
  readonly containers: readonly DeclaredFile[];
  readonly inside: readonly FileInside[];
  /** Further places of files that are `inside` already, and empty ones. */
  readonly copies: readonly FileInside[];
  /** Lists, with the fields that are written anew. */
  readonly follows: readonly {
    readonly path: readonly string[];
    readonly fields: readonly { readonly of: readonly string[] }[];
  }[];
}

/** What clamd said of a file: `detail` names malware, or why it wasn’t scanned. */
export type ScannedFile =
  | { readonly outcome: 'clean' }
  | { readonly outcome: 'infected'; readonly detail: string }
  | {
      readonly outcome: 'not-scanned';
      readonly detail: string;
      /** It is enough that everything inside was scanned: a limit was reached, or it is encrypted. */
      readonly coverable: boolean;
    };

export interface ReportInput {
  readonly request: string | null;
  readonly artifactName: string;
  readonly configurationSha256: Sha256Hex;
  readonly inspected: Inspected;
  /** The configuration’s elements, by index. */
  readonly elements: readonly {
    readonly type: FormatType;
    readonly pointer: string;
    readonly path: string | null;
    readonly opaque: string | null;
    readonly sign: Options | null;
    readonly detached: Options | null;
  }[];
  readonly locations: Readonly<Record<string, PolicyLocation>>;
  /** How signatures of a type are called; null: it has none. */
  readonly methodOf: (type: FormatType, sign: Options) => string | null;
  /** null: the scan wasn’t reached. */
  readonly scan: { readonly of: (sha256: Sha256Hex) => ScannedFile | null; readonly passed: boolean } | null;
}

const refusalsMax = 5;
const keyOf = (path: readonly string[]): string => JSON.stringify(path);

export function makeReport(input: ReportInput): InspectionReport {
  return finished(makeReportInSteps(input));
}

/** The same, some files at a time. */
export function* makeReportInSteps(input: ReportInput): Steps<InspectionReport> {
  const { inspected, scan } = input;
  const found = yield* entriesOf(input);
  const all = yield* inTreeOrder(found);
  const entries = all.slice(0, reportEntriesMax);
  const refused = failures(inspected.findings);
  const broken = refused.some(({ rule }) => rule.startsWith('archive.'));
  return {
    head: {
      kind: reportKind,
      version: reportVersion,
      request: input.request,
      artifact: { name: input.artifactName, sha256: inspected.sha256, sizeBytes: inspected.sizeBytes },
      configurationSha256: input.configurationSha256,
      reached: scan === null ? 'inspection' : 'scan',
      passed: refused.length === 0 && (scan?.passed ?? true),
      whole: !broken && all.length <= reportEntriesMax,
      counts: countsOf(all),
    },
    entries,
  };
}

function* eachInSteps<From, To>(from: readonly From[], make: (one: From) => To): Steps<To[]> {
  const made: To[] = [];
  for (const one of from) {
    made.push(make(one));
    if (made.length % filesAtOnce === 0) yield;
  }
  return made;
}

function* entriesOf(input: ReportInput): Steps<readonly ReportEntry[]> {
  const { inspected } = input;
  const declared = new Map(
    [...inspected.leaves, ...inspected.containers].map((file) => [keyOf(file.path), file]),
  );
  const refusals = rulesOf(failures(inspected.findings));
  const warned = rulesOf(warnings(inspected.findings));
  const lists = new Map(inspected.follows.map((list) => [keyOf(list.path), list.fields]));
  const root = { path: [], type: 'file', sizeBytes: inspected.sizeBytes, sha256: inspected.sha256 } as const;
  const walked = yield* eachInSteps([root, ...inspected.tree], (found): ReportEntry => {
    const { path, type, sizeBytes } = found;
    const key = keyOf(path);
    const file = declared.get(key);
    const warnedBy = warned.get(key);
    const fields = lists.get(key);
    if (file !== undefined)
      return {
        ...declaredEntry(input, file),
        refusedBy: refusals.get(key) ?? [],
        ...(warnedBy === undefined ? {} : { warnedBy }),
        ...(fields === undefined ? {} : { rewritten: rewrittenIn(fields) }),
      };
    const sha256 = found.sha256 === '' ? null : (found.sha256 as Sha256Hex);
    // The artifact itself is what was submitted, whatever kept the inspector from going on.
    const role = type === 'directory' || path.length === 0 ? 'expected' : 'unexpected';
    const refusedBy = refusals.get(key) ?? [];
    return { ...bare, path, type, role, sizeBytes, sha256, refusedBy, scan: scanOf(input, sha256, {}) };
  });
  return [...walked, ...(yield* insideEntries(input, declared))];
}

const bare = {
  detected: null,
  formats: [],
  element: null,
  facts: null,
  signatures: null,
  notSeen: [],
  notSeenCount: 0,
  opaque: null,
  sign: null,
  refusedBy: [],
} as const;

function declaredEntry(input: ReportInput, file: DeclaredFile): ReportEntry {
  const { path, sizeBytes, sha256, facts, signatures, content } = file;
  const element = input.elements[file.element];
  return {
    ...bare,
    path,
    type: 'file',
    role: 'expected',
    sizeBytes,
    sha256,
    detected: content.detected,
    formats: content.formats,
    element: element === undefined ? null : reportedElement(element, input.locations),
    facts: facts === null ? null : { kind: facts.kind, texts: facts.texts, signed: facts.signed },
    signatures,
    scan: scanOf(input, sha256, { covered: content.covered && content.closedCount === 0, sizeBytes }),
    notSeen: content.closed.map(({ place, format, message }) => ({ place, format, message })),
    notSeenCount: content.closedCount,
    opaque: element?.opaque ?? null,
    sign: element === undefined ? null : signOf(input, element),
  };
}

/** How it gets signed, in words; null: it doesn't. */
function signOf({ methodOf }: ReportInput, element: ReportInput['elements'][number]): string | null {
  const methods = [
    element.sign === null ? null : methodOf(element.type, element.sign),
    element.detached === null ? null : methodOf('file', element.detached),
  ].filter((method) => method !== null);
  return methods.length === 0 ? null : methods.join('; ');
}

function reportedElement(
  { pointer, type, path }: ReportInput['elements'][number],
  locations: ReportInput['locations'],
): ReportedElement {
  return { pointer, type, ...(path === null ? {} : { path }), line: locations[pointer] ?? null };
}

function insideEntries(
  input: ReportInput,
  declared: ReadonlyMap<string, DeclaredFile>,
): Steps<readonly ReportEntry[]> {
  const { inside, copies } = input.inspected;
  return eachInSteps([...inside, ...copies], (file): ReportEntry => {
    const { within, inner, sha256, sizeBytes, detected, covered } = file;
    const place = inner.join('!/');
    const around = declared.get(keyOf(within));
    const notSeen = (around?.content.closed ?? []).filter((one) => one.place === place);
    return {
      ...bare,
      path: [...within, ...inner],
      type: 'file',
      role: 'inside',
      sizeBytes,
      sha256,
      detected,
      scan: scanOf(input, sha256, { covered, sizeBytes }),
      notSeen: notSeen.map(({ format, message }) => ({ place: '', format, message })),
      notSeenCount: notSeen.length,
    };
  });
}

function scanOf(
  { scan }: ReportInput,
  sha256: Sha256Hex | null,
  { covered = false, sizeBytes }: { readonly covered?: boolean; readonly sizeBytes?: number },
): ReportedScan {
  if (scan === null) return { outcome: 'pending', detail: null };
  const found = sha256 === null ? null : scan.of(sha256);
  if (found === null) return { outcome: sizeBytes === 0 ? 'empty' : 'not-scanned', detail: null };
  if (found.outcome === 'clean') return { outcome: 'clean', detail: null };
  if (found.outcome === 'not-scanned' && found.coverable && covered)
    return { outcome: 'covered', detail: found.detail };
  return { outcome: found.outcome, detail: found.detail };
}

const listedMax = 20;

function rewrittenIn(fields: Inspected['follows'][number]['fields']): NonNullable<ReportEntry['rewritten']> {
  const of = [...new Set(fields.flatMap((field) => field.of))].toSorted();
  return { fields: fields.length, of: of.slice(0, listedMax), ofCount: of.length };
}

function rulesOf(findings: readonly Finding[]): ReadonlyMap<string, readonly string[]> {
  const rules = new Map<string, string[]>();
  for (const { path, rule } of findings) {
    const key = keyOf(path);
    const known = rules.get(key) ?? [];
    if (known.length < refusalsMax && !known.includes(rule)) rules.set(key, [...known, rule]);
  }
  return rules;
}

function countsOf(entries: readonly ReportEntry[]): ReportCounts {
  const count = (of: (entry: ReportEntry) => boolean): number => entries.filter(of).length;
  return {
    files: count(({ type }) => type === 'file'),
    directories: count(({ type }) => type === 'directory'),
    unexpected: count(({ role }) => role === 'unexpected'),
    toBeSigned: count(({ sign }) => sign !== null),
    notSeenInside: count(({ notSeenCount }) => notSeenCount > 0),
    notScanned: count(({ type, scan }) => type === 'file' && scan.outcome === 'not-scanned'),
    infected: count(({ scan }) => scan.outcome === 'infected'),
  };
}
