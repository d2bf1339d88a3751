/**
 * A file of the artifact at one moment of signing, and where it comes from: inspected, rebuilt around changed files,
 * signed, put beside a signed one, or written anew because it lists changed files. Created only here, each from its predecessor, so that a grant can verify the whole lineage.
 */
import type { Sha256Hex } from '#core/ids/index.ts';
import type { FormatType } from '#core/formats/format.ts';
import type { InspectedArtifact } from '../checks/index.ts';

declare class Known {
  readonly #proof: true;
}
export interface FileVersion extends Known {
  /** The inspection that its first version belongs to. */
  readonly inspected: InspectedArtifact;
  readonly path: readonly string[];
  readonly type: FormatType;
  readonly file: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /**
   * `detached`: a new file, with a signature of the one `before`, which is released as that is. `followed`: a list with the values of changed
   * files.
   */
  readonly cause: 'inspected' | 'rebuilt' | 'signed' | 'detached' | 'followed';
  readonly before: FileVersion | null;
  /** What replaced entries of a rebuilt container, or was put beside one; of a list: what it has the values of. */
  readonly replaced: readonly FileVersion[];
}

type Seen = Pick<FileVersion, 'path' | 'file' | 'sha256' | 'sizeBytes'>;
type Written = Pick<FileVersion, 'file' | 'sha256' | 'sizeBytes'>;

/** A sign target, a list that follows or a declared container as inspected; null: there is none at this path. */
export function asInspected(inspected: InspectedArtifact, path: readonly string[]): FileVersion | null {
  return firstVersions(inspected).get(keyOf(path)) ?? null;
}

const versions = new WeakMap<InspectedArtifact, ReadonlyMap<string, FileVersion>>();

function firstVersions(inspected: InspectedArtifact): ReadonlyMap<string, FileVersion> {
  const kept = versions.get(inspected);
  if (kept !== undefined) return kept;
  // The type that is inspected and signed in the file counts before that of a signature beside it.
  const types = new Map(
    inspected.signTargets
      .toSorted((a, b) => Number(b.detached) - Number(a.detached))
      .map((signTarget) => [keyOf(signTarget.path), signTarget.type]),
  );
  const found = new Map<string, FileVersion>();
  const add = ({ path, file, sha256, sizeBytes }: Seen, type: FormatType) =>
    found.set(
      keyOf(path),
      made({
        inspected,
        path,
        type,
        file,
        sha256,
        sizeBytes,
        cause: 'inspected',
        before: null,
        replaced: [],
      }),
    );
  for (const container of inspected.containers) add(container, container.type);
  for (const list of inspected.follows) add(list, 'file');
  for (const leaf of inspected.leaves) {
    const type = types.get(keyOf(leaf.path));
    if (type !== undefined) add(leaf, type);
  }
  versions.set(inspected, found);
  return found;
}

/** `written` is what the inspector reports to have made of `before` and compared with it. */
export function asRebuilt(
  before: FileVersion,
  replaced: readonly FileVersion[],
  written: Written,
): FileVersion {
  return made({ ...before, ...pick(written), cause: 'rebuilt', before, replaced });
}

export function asSigned(before: FileVersion, written: Written): FileVersion {
  return made({ ...before, ...pick(written), cause: 'signed', before, replaced: [] });
}

/** `files`: what it states the values of now. */
export function asFollowed(
  before: FileVersion,
  files: readonly FileVersion[],
  written: Written,
): FileVersion {
  return made({ ...before, ...pick(written), cause: 'followed', before, replaced: files });
}

/** `name`: of the new file, which lies where the signed one lies. */
export function asDetached(before: FileVersion, name: string, written: Written): FileVersion {
  const path = besidePath(before.path, name);
  return made({ ...before, ...pick(written), path, cause: 'detached', before, replaced: [] });
}

/** The path of a file with this name in the same folder of the same container. */
function besidePath(path: readonly string[], name: string): readonly string[] {
  const place = path.at(-1) ?? '';
  return [...path.slice(0, -1), place.slice(0, place.lastIndexOf('/') + 1) + name];
}

/**
 * Why the version can't come from this inspection; null: it does, and each container on the way was rebuilt around
 * files signed or rebuilt in it.
 */
export function lineageProblem(version: FileVersion, inspected: InspectedArtifact): string | null {
  if (version.inspected !== inspected) return 'the file belongs to another inspection';
  const { before, replaced, cause } = version;
  if (before === null) {
    const first = asInspected(inspected, version.path);
    return cause === 'inspected' && first?.sha256 === version.sha256 ? null : 'the file was not inspected';
  }
  if (cause === 'detached') return detachedProblem(version, before) ?? lineageProblem(before, inspected);
  if (before.cause === 'detached') return 'the file is a signature, which nothing changes';
  if (!samePath(before.path, version.path)) return 'the file replaces a different one';
  if (cause === 'followed')
    return followedProblem(version, before, inspected) ?? lineageProblem(before, inspected);
  if (cause === 'rebuilt') {
    if (replaced.length === 0) return 'a container was rebuilt without a replacement';
    const followed = missingList(version, inspected) ?? otherValues(replaced);
    if (followed !== null) return followed;
    for (const inner of replaced) {
      if (inner.path.length !== version.path.length + 1 || !samePath(inner.path.slice(0, -1), version.path))
        return 'a container was rebuilt around files that aren’t in it';
      if (inner.cause === 'inspected') return 'a container was rebuilt around a file that nobody changed';
      const problem = lineageProblem(inner, inspected);
      if (problem !== null) return problem;
    }
  }
  return lineageProblem(before, inspected);
}

/** A list has the values of exactly those files that the inspection named for it, each changed, in the same container. */
function followedProblem(
  { path, replaced }: FileVersion,
  before: FileVersion,
  inspected: InspectedArtifact,
): string | null {
  if (before.cause !== 'inspected') return 'a list was written anew that isn’t the inspected one';
  const list = inspected.follows.find((one) => samePath(one.path, path));
  if (list === undefined) return 'a file was written anew that lists nothing';
  const wanted = new Set(list.fields.flatMap(({ of }) => of));
  if (wanted.size !== replaced.length) return 'a list was written anew for other files than it lists';
  for (const file of replaced) {
    const name = file.path.at(-1) ?? '';
    if (!wanted.has(name) || !samePath(file.path, [...path.slice(0, -1), name]))
      return 'a list was written anew for other files than it lists';
    if (file.cause === 'inspected' || file.cause === 'detached')
      return 'a list was written anew for a file that nobody changed';
    const problem = lineageProblem(file, inspected);
    if (problem !== null) return problem;
  }
  return null;
}

/** A container with a list that was to be written anew has it so. */
function missingList({ path, replaced }: FileVersion, inspected: InspectedArtifact): string | null {
  const lists = inspected.follows.filter((one) => samePath(one.path.slice(0, -1), path));
  const isThere = (list: readonly string[]): boolean =>
    replaced.some((inner) => inner.cause === 'followed' && samePath(inner.path, list));
  return lists.every((one) => isThere(one.path))
    ? null
    : 'a container was rebuilt around a list that is false now';
}

/** Lists, and signatures of lists, are about the very versions that they are released with. */
function otherValues(replaced: readonly FileVersion[]): string | null {
  const all = new Set(replaced);
  const about = replaced.flatMap((inner) => {
    if (inner.cause === 'followed') return inner.replaced;
    return inner.cause === 'detached' && inner.before !== null ? [inner.before] : [];
  });
  // What isn't among the changed files is released as it was inspected.
  const isReleased = (one: FileVersion): boolean =>
    all.has(one) ||
    (one.cause === 'inspected' &&
      !replaced.some((inner) => inner.cause !== 'detached' && samePath(inner.path, one.path)));
  return about.every(isReleased)
    ? null
    : 'a container was rebuilt around a list or a signature of other versions';
}

/** What is put beside a file has to be about the file that is released there; that it is the last version of it, the container's rebuilding tells. */
function detachedProblem({ path }: FileVersion, before: FileVersion): string | null {
  const isOfSignature = before.cause === 'detached';
  if (isOfSignature) return 'a signature was put beside a signature';
  const name = path.at(-1)?.split('/').at(-1) ?? '';
  const beside = before.path.length > 0 && samePath(path, besidePath(before.path, name));
  return beside && !samePath(path, before.path) ? null : 'a signature was put elsewhere than beside its file';
}

export function samePath(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((step, at) => step === other[at]);
}

const keyOf = (path: readonly string[]): string => JSON.stringify(path);
const pick = ({ file, sha256, sizeBytes }: Written): Written => ({ file, sha256, sizeBytes });
const made = (version: Omit<FileVersion, never>): FileVersion => version as FileVersion;
