/**
 * Everything that is asked of the lists of one container before anybody approves: which fields will be written anew after signing, and
 * whether each of them is right now. A list that is wrong already, or that would be wrong afterwards, is refused.
 */
import { FollowError, type Figures, type FollowField, type FollowFormat } from './follow.ts';
import { FileNames, type Found } from './names.ts';
import { derivedFrom, type ExpectedField } from './rewrite.ts';
import { ListFindings, type ListAbout } from './list-findings.ts';
import { strayDigest } from './stray-digests.ts';
import type { Finding } from '../wire/finding/index.ts';

export interface FileInContainer {
  readonly path: string;
  /** Signing changes it: it is signed, or something in it is. */
  readonly changes: boolean;
  readonly figures: Figures;
}

export interface ListToJudge extends ListAbout {
  /** In the container; one of `files`. */
  readonly place: string;
  readonly format: FollowFormat;
  /** Its whole content; it isn’t kept. */
  read(): Promise<Uint8Array>;
}

export interface JudgedLists {
  readonly findings: readonly Finding[];
  /** Lists that will be written anew. */
  readonly changing: readonly ChangingList[];
}

export interface ChangingList {
  readonly place: string;
  readonly fields: readonly ExpectedField[];
}

/** Of one list. */
const fieldsMax = 20_000;
/** Of one container. */
const listsMax = 2000;

interface ReadList {
  readonly list: ListToJudge;
  readonly fields: readonly { readonly field: FollowField; readonly found: readonly Found[] }[];
}

export async function judgeLists(
  files: readonly FileInContainer[],
  lists: readonly ListToJudge[],
): Promise<JudgedLists> {
  const findings = new ListFindings();
  const names = new FileNames(files.map(({ path }) => path));
  const byPlace = new Map(files.map((file) => [file.path, file]));
  const read: ReadList[] = [];
  for (const [at, list] of lists.entries()) {
    const fields = await readFields(list, { byPlace, findings, isTooMany: at >= listsMax });
    if (fields === null) continue;
    const resolved = fields.map((field) => {
      const named = field.kind === 'derived' ? field.names : [field.name];
      return { field, found: named.map((name) => names.find(name, list.place)) };
    });
    read.push({ list, fields: resolved });
  }
  const changes = new Set(files.filter((file) => file.changes).map(({ path }) => path));
  const changing: ChangingList[] = [];
  for (const one of inOrder(read, findings)) {
    const expected = await judgeFields(one, { byPlace, changes, findings });
    if (expected.length === 0) {
      findings.unaffected(one.list);
      continue;
    }
    changes.add(one.list.place);
    changing.push({ place: one.list.place, fields: expected });
  }
  return { findings: findings.all, changing };
}

async function readFields(
  list: ListToJudge,
  { byPlace, findings, isTooMany }: Pick<Known, 'byPlace' | 'findings'> & { readonly isTooMany: boolean },
): Promise<readonly FollowField[] | null> {
  const { format, place } = list;
  const size = byPlace.get(place)?.figures.sizeBytes ?? Infinity;
  try {
    if (isTooMany)
      throw new FollowError(
        `the container has more than ${listsMax} lists`,
        null,
        'Write one list of all files.',
      );
    if (size > format.sizeBytesMax)
      throw new FollowError(
        `it has ${size} bytes`,
        null,
        `Submit one of at most ${format.sizeBytesMax} bytes.`,
      );
    const fields = format.read(await list.read(), place.slice(place.lastIndexOf('/') + 1));
    if (fields.length > fieldsMax)
      throw new FollowError(`it has ${fields.length} fields`, null, `Submit one of at most ${fieldsMax}.`);
    return fields;
  } catch (error) {
    if (!(error instanceof FollowError)) throw error;
    findings.unreadable(list, error);
    return null;
  }
}

/** Each list behind those that it lists; one that is, over others, in its own list is refused. */
function inOrder(lists: readonly ReadList[], findings: ListFindings): readonly ReadList[] {
  const byPlace = new Map(lists.map((one) => [one.list.place, one]));
  const ordered: ReadList[] = [];
  const state = new Map<ReadList, 'open' | 'done'>();
  const visit = (one: ReadList): void => {
    if (state.get(one) === 'done') return;
    if (state.get(one) === 'open') {
      findings.cycle(one.list);
      return;
    }
    state.set(one, 'open');
    for (const found of one.fields.flatMap((field) => field.found)) {
      const other = found.kind === 'one' ? byPlace.get(found.path) : undefined;
      if (other !== undefined) visit(other);
    }
    state.set(one, 'done');
    ordered.push(one);
  };
  lists.forEach(visit);
  return ordered;
}

interface Known {
  readonly byPlace: ReadonlyMap<string, FileInContainer>;
  /** Files that signing changes, lists before this one included. */
  readonly changes: ReadonlySet<string>;
  readonly findings: ListFindings;
}

function hasAny(paths: Iterable<string>, wanted: ReadonlySet<string>): boolean {
  for (const path of paths) if (wanted.has(path)) return true;
  return false;
}

/** Names that lists repeat lead to the same find. */
function remembered(judge: (one: Found) => boolean): (one: Found) => boolean {
  const known = new Map<Found, boolean>();
  return (one) => {
    const answer = known.get(one) ?? judge(one);
    known.set(one, answer);
    return answer;
  };
}

/** → the fields to be written anew. */
async function judgeFields({ list, fields }: ReadList, known: Known): Promise<readonly ExpectedField[]> {
  const { byPlace, changes, findings } = known;
  const bytes = await list.read();
  const expected: ExpectedField[] = [];
  let weak = 0;
  const plainFields = fields.map(({ field }) => field);
  const changesOneOf = remembered((one: Found) => one.kind === 'several' && hasAny(one.paths, changes));
  for (const { field, found } of fields) {
    const { start, end, line, label } = field;
    const meant = found.flatMap((one) => (one.kind === 'one' ? [one] : []));
    const of = [...new Set(meant.map(({ path }) => path))].filter((path) => changes.has(path));
    const unclear = found.find(changesOneOf);
    if (unclear?.kind === 'several') findings.ambiguous(list, field, unclear.paths);
    const written = bytes.subarray(start, end);
    if (field.kind === 'plain') {
      const [one] = meant;
      const file = one === undefined ? undefined : byPlace.get(one.path);
      if (one === undefined || file === undefined || !(one.exact || of.length > 0)) continue;
      if (!(await field.value.holds(written, file.figures))) {
        findings.mismatch(list, field, written, await field.value.write(written, file.figures), one.path);
        continue;
      }
    }
    if (of.length === 0) continue;
    if (field.kind === 'fixed') {
      findings.cannot(list, field, of);
      continue;
    }
    if (field.kind === 'derived') {
      const state = { bytes, fields: plainFields, written: new Map<number, Uint8Array>() };
      const right = derivedFrom(field, state);
      if (right === null || right !== Buffer.from(written).toString('latin1')) {
        findings.notDerived(list, field, written, right);
        continue;
      }
    } else if (field.value.weak) weak += 1;
    expected.push({ start, end, line, label, of });
  }
  const stray = await strayDigest(bytes, expected, changedFiles(byPlace, changes));
  if (stray !== null) findings.stray(list, stray);
  if (expected.length > 0) findings.fields(list, expected, bytes, weak);
  return expected;
}

const changedFiles = (byPlace: Known['byPlace'], changes: ReadonlySet<string>): readonly FileInContainer[] =>
  [...changes].flatMap((path) => byPlace.get(path) ?? []);

/** Digests in a list of files that signing changes, and that lie in other containers. */
export async function judgeElsewhere(
  list: ListToJudge,
  fields: readonly ExpectedField[],
  files: readonly Pick<FileInContainer, 'path' | 'figures'>[],
): Promise<readonly Finding[]> {
  const findings = new ListFindings();
  const stray = await strayDigest(await list.read(), fields, files);
  if (stray !== null) findings.elsewhere(list, stray);
  return findings.all;
}
