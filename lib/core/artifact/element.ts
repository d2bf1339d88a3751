/** What an artifact configuration says about one path in the artifact, with the defaults filled in. */
import type { Upstream } from '../generated/index.ts';
import type { PolicyLocation } from '../wire/finding/index.ts';
import type { FollowFormatId } from '../follow/index.ts';
import type { FormatType, Options } from '../formats/format.ts';

/** Plain JSON, so that it can cross to another process. */
export interface CompiledElement {
  /** Number of the element in the configuration, in reading order; the root is 0. */
  readonly index: number;
  readonly type: FormatType;
  /** The pattern from the container's top, that of its directories in front; null at the root. */
  readonly path: string | null;
  readonly min: number;
  /** null: unbounded. */
  readonly max: number | null;
  /** null: the file is checked but not signed. */
  readonly sign: Options | null;
  /** How a further signature is made, in a file beside it, over its bytes as they are released; null: none is. In the terms of `file`. */
  readonly detached: Options | null;
  /** Further requirements, in its format's terms; null: none. */
  readonly check: Options | null;
  /** Its signature of upstream is verified before anything is signed. */
  readonly verifies: boolean;
  /** So is that of OpenPGP beside the file, or around it. */
  readonly verifiesOpenPgp: boolean;
  /** Every program inside has to be signed by the foundation, or by upstream. */
  readonly signedInside: boolean;
  /** Whose file it is, more closely than the foundation's roots say; null: nothing is asked. */
  readonly upstream: Upstream | null;
  /** Why the file may contain what can't be opened and scanned; null: it may not. */
  readonly opaque: string | null;
  /** It states digests or sizes of files beside it, and follows them when they are signed; null: it doesn’t. */
  readonly follows: FollowFormatId | null;
  /** Index of its container; null at the root. */
  readonly parent: number | null;
  /** The signer opens the file, and each file in it has to be expected by an element in `contents`. */
  readonly opened: boolean;
  /** Indexes of what a container holds, in the order in which they are tried. Empty for files. */
  readonly contents: readonly number[];
  /** Index of the innermost `directory` element around it, in the same container. */
  readonly directory: number | null;
  /** JSON pointer (RFC 6901) in the configuration, for example `/root/contents/0` or `/root/contents/1/include/0`. */
  readonly pointer: string;
}

/** A `directory` element: it groups elements of its container, whose patterns start with its own. Plain JSON. */
export interface CompiledDirectory {
  readonly index: number;
  /** Index of the container's element. */
  readonly container: number;
  /** The pattern from the container's top. */
  readonly path: string;
  /** Whether it may be missing, with everything in it. */
  readonly optional: boolean;
  /** How many directories it is, in each of those that match the directory around it. */
  readonly min: number;
  /** null: unbounded. */
  readonly max: number | null;
  /** Index of the directory around it. */
  readonly parent: number | null;
  readonly pointer: string;
}

/** Locations of the elements in the policy file, by `CompiledElement.pointer`. Plain JSON. */
export type ElementLocations = Readonly<Record<string, PolicyLocation>>;

/** Something found in the artifact. */
export interface ArtifactEntry {
  /** Outermost container first; each step is a path inside its container. Empty: the artifact itself. */
  readonly path: readonly string[];
  readonly type: 'file' | 'directory';
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** The signatures of a file: in it, and then beside it; each by the format that makes it. */
export function signaturesOf({
  type,
  sign,
  detached,
}: Pick<CompiledElement, 'type' | 'sign' | 'detached'>): readonly SignatureOf[] {
  return [
    ...(sign === null ? [] : [{ type, sign }]),
    ...(detached === null ? [] : [{ type: 'file' as const, sign: detached }]),
  ];
}

/** Whether the file gets any signature: whoever decides something by that asks here, since one beside it counts as well. */
export const isSigned = (element: Parameters<typeof signaturesOf>[0]): boolean =>
  signaturesOf(element).length > 0;

interface SignatureOf {
  readonly type: FormatType;
  readonly sign: Options;
}
