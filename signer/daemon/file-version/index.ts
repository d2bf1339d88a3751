/**
 * A file of the artifact at one moment of signing, and where it comes from: inspected, rebuilt around changed files,
 * signed, or put beside a signed one. Created only here, each from its predecessor, so that a grant can verify the whole lineage.
 */
import type { Sha256Hex } from '#core/ids/index.ts';
import type { FormatType } from '#core/formats/format.ts';
import type { InspectedArtifact } from '../checks/index.ts';
import type { InspectedContainer } from '../../inspector/index.ts';

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
  /** `detached`: a new file, with a signature of the one `before`, which is released as it was inspected. */
  readonly cause: 'inspected' | 'rebuilt' | 'signed' | 'detached';
  readonly before: FileVersion | null;
  /** What replaced entries of a rebuilt container, or was put beside one. */
  readonly replaced: readonly FileVersion[];
}

type Written = Pick<FileVersion, 'file' | 'sha256' | 'sizeBytes'>;

/** A sign target or declared container as inspected; null: there is none at this path. */
export function asInspected(inspected: InspectedArtifact, path: readonly string[]): FileVersion | null {
  return firstVersions(inspected).get(keyOf(path)) ?? null;
}

const versions = new WeakMap<InspectedArtifact, ReadonlyMap<string, FileVersion>>();

function firstVersions(inspected: InspectedArtifact): ReadonlyMap<string, FileVersion> {
  const kept = versions.get(inspected);
  if (kept !== undefined) return kept;
  const types = new Map(inspected.signTargets.map((signTarget) => [keyOf(signTarget.path), signTarget.type]));
  const found = new Map<string, FileVersion>();
  const add = ({ path, file, sha256, sizeBytes }: InspectedContainer, type: FormatType) =>
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
  if (cause === 'rebuilt') {
    if (replaced.length === 0) return 'a container was rebuilt without a replacement';
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

/** What is put beside a file has to be about the file that is released there: the inspected one. */
function detachedProblem({ path }: FileVersion, before: FileVersion): string | null {
  if (before.cause !== 'inspected') return 'a signature was put beside a file that isn’t the inspected one';
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
