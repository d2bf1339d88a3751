/** The list with its fields as they are after signing, and the proof that nothing else of it changed. */
import {
  FollowError,
  type DerivedField,
  type Figures,
  type FollowField,
  type FollowFormat,
  type PlainField,
  type Span,
} from './follow.ts';
import { shownValue } from './shown.ts';

/** A field that was found when the artifact was inspected, and is to be written anew. */
export interface ExpectedField extends Span {
  readonly line: number;
  readonly label: string;
  /** Paths in the container of the files that it is about. */
  readonly of: readonly string[];
}

export interface FieldChange extends Pick<ExpectedField, 'line' | 'label' | 'of'> {
  readonly from: string;
  readonly to: string;
}

export interface Rewritten {
  readonly bytes: Uint8Array;
  readonly changes: readonly FieldChange[];
}

interface ChangedFile {
  readonly before: Figures;
  readonly after: Figures;
}

interface RewriteInput {
  readonly format: FollowFormat;
  /** Of the list, without folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly expected: readonly ExpectedField[];
  /** By path in the container. */
  readonly files: ReadonlyMap<string, ChangedFile>;
}

/** Throws FollowError where the list isn’t the one that was inspected, or something else than the expected fields would change. */
export async function rewriteList({
  format,
  name,
  bytes,
  expected,
  files,
}: RewriteInput): Promise<Rewritten> {
  const fields = format.read(bytes, name);
  const places = placesOf(fields);
  const wanted = expected.map((one) => ({ one, at: indexOf(places, one) }));
  const written = new Map<number, Uint8Array>();
  for (const { one, at } of wanted) {
    const field = fields[at];
    if (field?.kind === 'plain')
      written.set(at, await newValue(field, bytes.subarray(one.start, one.end), fileOf(one, files)));
  }
  for (const { one, at } of wanted) {
    const field = fields[at];
    if (field?.kind === 'derived') written.set(at, derivedValue(field, one, { bytes, fields, written }));
  }
  const result = spliced(bytes, fields, written);
  await proveUnchanged({ format, name, bytes, result, fields, written, wanted, files });
  const changes = wanted.map(({ one: { line, label, of, start, end }, at }) => ({
    line,
    label,
    of,
    from: shownValue(bytes.subarray(start, end)),
    to: shownValue(written.get(at) ?? new Uint8Array()),
  }));
  return { bytes: result, changes };
}

const keyOf = ({ start, end, label, line }: Span & Pick<ExpectedField, 'label' | 'line'>): string =>
  JSON.stringify([start, end, label, line]);

/** The first of those that are alike. */
function placesOf(fields: readonly FollowField[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [at, field] of fields.entries())
    if (field.kind !== 'fixed' && !places.has(keyOf(field))) places.set(keyOf(field), at);
  return places;
}

function indexOf(places: ReadonlyMap<string, number>, one: ExpectedField): number {
  const at = places.get(keyOf(one));
  if (at === undefined) throw differs(`it has no field ${one.label} in line ${one.line}`);
  return at;
}

function fileOf(one: ExpectedField, files: ReadonlyMap<string, ChangedFile>): ChangedFile {
  const [path, ...others] = one.of;
  const file = path === undefined || others.length > 0 ? undefined : files.get(path);
  if (file === undefined) throw differs(`${one.label} is about a file that didn’t change`);
  return file;
}

/** The old value is compared again: what it was about may be another file by now. */
async function newValue(
  field: PlainField,
  old: Uint8Array,
  { before, after }: ChangedFile,
): Promise<Uint8Array> {
  if (!(await field.value.holds(old, before))) throw differs(`${field.label} held another value before`);
  return field.value.write(old, after);
}

interface State {
  readonly bytes: Uint8Array;
  readonly fields: readonly FollowField[];
  readonly written: ReadonlyMap<number, Uint8Array>;
}

/** Texts of the fields that one is computed from, as they are before, or after. */
export function derivedFrom(field: DerivedField, { bytes, fields, written }: State): string | null {
  if (field.from === null) return null;
  const texts = field.from.map((at) => {
    const from = fields[at];
    const value =
      written.get(at) ?? (from === undefined ? new Uint8Array() : bytes.subarray(from.start, from.end));
    return Buffer.from(value).toString('latin1');
  });
  return field.compute(texts);
}

function derivedValue(field: DerivedField, one: ExpectedField, state: State): Uint8Array {
  const before = derivedFrom(field, { ...state, written: new Map() });
  const after = derivedFrom(field, state);
  const old = Buffer.from(state.bytes.subarray(one.start, one.end)).toString('latin1');
  if (after === null || before !== old) throw differs(`${field.label} held another value before`);
  return Buffer.from(after, 'latin1');
}

function spliced(
  bytes: Uint8Array,
  fields: readonly FollowField[],
  written: ReadonlyMap<number, Uint8Array>,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [index, value] of inOrder(fields, written)) {
    const { start = 0, end = 0 } = fields[index] ?? {};
    if (start < at) throw differs('two of its fields overlap');
    parts.push(bytes.subarray(at, start), value);
    at = end;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]);
}

const inOrder = (fields: readonly FollowField[], written: ReadonlyMap<number, Uint8Array>) =>
  [...written].sort(([one], [other]) => (fields[one]?.start ?? 0) - (fields[other]?.start ?? 0));

interface Proof extends RewriteInput {
  readonly result: Uint8Array;
  readonly fields: readonly FollowField[];
  readonly written: ReadonlyMap<number, Uint8Array>;
  readonly wanted: readonly { readonly one: ExpectedField; readonly at: number }[];
}

/** Reads the new list as its users do: the same fields, with new values where they were to be, and every byte between them as before. */
async function proveUnchanged(proof: Omit<Proof, 'expected'>): Promise<void> {
  const { format, name, bytes, result, fields, written, wanted, files } = proof;
  const after = format.read(result, name);
  if (after.length !== fields.length) throw differs('it has other fields after it was written');
  let [oldAt, newAt] = [0, 0];
  for (const [index] of inOrder(fields, written)) {
    const [old, now] = [fields[index], after[index]];
    if (old === undefined || now === undefined) throw differs('it has other fields after it was written');
    isSame(bytes.subarray(oldAt, old.start), result.subarray(newAt, now.start));
    [oldAt, newAt] = [old.end, now.end];
  }
  isSame(bytes.subarray(oldAt), result.subarray(newAt));
  for (const [index, old] of fields.entries()) {
    const now = after[index];
    if (now?.label !== old.label || now.line !== old.line || now.kind !== old.kind)
      throw differs('it has other fields after it was written');
    const value = written.get(index) ?? bytes.subarray(old.start, old.end);
    isSame(value, result.subarray(now.start, now.end));
  }
  for (const { one, at } of wanted) {
    const now = after[at];
    if (now?.kind !== 'plain') continue;
    if (!(await now.value.holds(result.subarray(now.start, now.end), fileOf(one, files).after)))
      throw differs(`${one.label} doesn’t hold the value of the signed file`);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): void {
  if (Buffer.compare(one, other) !== 0) throw differs('something else than its fields changed');
}

const differs = (what: string): FollowError =>
  new FollowError(
    `the list can’t be written anew: ${what}`,
    null,
    'Report this to the foundation: the list was inspected before, so this is a defect of the signer.',
  );
