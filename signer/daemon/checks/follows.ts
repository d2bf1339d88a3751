/** Which lists follow the signatures: the inspector says it, and the configuration and the targets have to say the same. */
import type { CompiledElement } from '#core/artifact/index.ts';
import type { ExpectedField, FollowFormatId } from '#core/follow/index.ts';
import type { FormatType, Options } from '#core/formats/format.ts';
import { formats } from '#core/formats/registry.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import type { FollowingList } from '../../inspector/index.ts';

/** A list with fields that signing makes false. */
export interface FollowTarget {
  readonly path: readonly string[];
  readonly file: string;
  readonly format: FollowFormatId;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** At least one; each is about files in the list’s own container that signing changes. */
  readonly fields: readonly ExpectedField[];
}

interface Target {
  readonly path: readonly string[];
  readonly type: FormatType;
  readonly sign: Options;
}

/** Throws where one isn’t asked for by the configuration, or is about something that nothing changes, or that lies elsewhere. */
export function checkFollows(
  lists: readonly FollowingList[],
  targets: readonly Target[],
  elements: readonly CompiledElement[],
): readonly FollowTarget[] {
  const changed = new Set(lists.map(({ path }) => keyOf(path)));
  for (const { path, type, sign } of targets) {
    const beside = (formats[type].signing?.outputName(sign, path.at(-1) ?? '') ?? null) !== null;
    const length = beside ? path.length - 1 : path.length;
    for (let depth = 1; depth <= length; depth += 1) changed.add(keyOf(path.slice(0, depth)));
  }
  return lists.map(({ path, file, element, sha256, sizeBytes, fields }) => {
    const format = elements[element]?.follows ?? null;
    const strange = fields
      .flatMap(({ of }) => of)
      .find((one) => !changed.has(keyOf([...path.slice(0, -1), one])));
    if (format === null || path.length === 0 || strange !== undefined)
      throw new Unavailable(
        'inspector',
        `it offers ${path.join(' → ') || 'the artifact'} to be written anew${strange === undefined ? ', which the configuration doesn’t ask for' : ` for ${strange}, which nothing changes`}`,
        'see the signer’s log: this is a defect of the signer',
      );
    return { path, file, format, sha256, sizeBytes, fields };
  });
}

const keyOf = (path: readonly string[]): string => JSON.stringify(path);
