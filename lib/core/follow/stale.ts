/**
 * Lists that nothing follows, although files that they list get signed: what they state will be false afterwards. For a warning that says
 * which line to add; it decides nothing, so a file that can't be read as a list is none.
 */
import { FollowError, type FollowField, type FollowFormat } from './follow.ts';
import type { FileInContainer } from './judge.ts';
import { FileNames } from './names.ts';
import { followFormats } from './registry.ts';
import { strayDigest } from './stray-digests.ts';
import { digestWords } from './values.ts';

export interface StaleList {
  /** As what it could follow; null: it is none of the lists that can, and has a digest all the same. */
  readonly format: FollowFormat | null;
  readonly line: number;
  /** `SHA-256`. */
  readonly what: string;
  readonly of: string;
}

/** By the file's name alone; null: it says nothing. */
export function listFormatOf(path: string): FollowFormat | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return Object.values(followFormats).find(({ fileNames }) => fileNames?.test(name) === true) ?? null;
}

/** Of one file in a container with these files: what it states of one that changes; null: nothing. `place`: its own path. */
export type FindStale = (place: string, bytes: Uint8Array) => Promise<StaleList | null>;

export function findStaleIn(files: readonly FileInContainer[]): FindStale {
  const names = new FileNames(files.map(({ path }) => path));
  const changing = files.filter(({ changes }) => changes);
  const byPath = new Map(changing.map((file) => [file.path, file]));
  return async (place, bytes) => {
    const named = listFormatOf(place);
    const world = { place, bytes, names, byPath };
    const stated = named === null ? null : await firstStated(named, world, null);
    if (stated !== null) return stated;
    // SHA-256 of every file is known; others would be computed of all that gets signed, for the sake of a warning.
    const stray = await strayDigest(bytes, [], changing, ['sha256']);
    if (stray === null) return null;
    for (const format of Object.values(followFormats)) {
      const found = format === named ? null : await firstStated(format, world, stray.line);
      if (found !== null) return found;
    }
    return { format: null, line: stray.line, what: digestWords[stray.algorithm], of: stray.path };
  };
}

interface World {
  readonly place: string;
  readonly bytes: Uint8Array;
  readonly names: FileNames;
  /** Those that change. */
  readonly byPath: ReadonlyMap<string, FileInContainer>;
}

const fieldsMax = 20_000;
/** Values that are compared with a file’s: each may cost reading it once more. An honest list is right in the first. */
const checkedMax = 20;

/** The first field that is right of a file that changes; `line`: in this one, null: in any. */
async function firstStated(
  format: FollowFormat,
  { place, bytes, names, byPath }: World,
  line: number | null,
): Promise<StaleList | null> {
  let checked = 0;
  for (const field of fieldsOf(format, place, bytes).slice(0, fieldsMax)) {
    if (field.kind === 'derived' || (line !== null && field.line !== line)) continue;
    const found = names.find(field.name, place);
    const file = found.kind === 'one' ? byPath.get(found.path) : undefined;
    if (file === undefined) continue;
    checked += 1;
    if (checked > checkedMax) return null;
    const written = bytes.subarray(field.start, field.end);
    // A map of blocks costs as much as the file is long, and its name says already what it is of.
    const isMap = format.id === 'electron-blockmap';
    if (field.kind === 'plain' && !isMap && !(await field.value.holds(written, file.figures))) continue;
    const what = field.kind === 'plain' ? field.value.what : field.what;
    return { format, line: field.line, what, of: file.path };
  }
  return null;
}

function fieldsOf(format: FollowFormat, place: string, bytes: Uint8Array): readonly FollowField[] {
  if (bytes.length > format.sizeBytesMax) return [];
  try {
    return format.read(bytes, place.slice(place.lastIndexOf('/') + 1));
  } catch (error) {
    if (!(error instanceof FollowError)) throw error;
    return [];
  }
}
