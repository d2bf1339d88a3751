/** What an inspection found, as the daemon uses it: the child's answer, parsed, with files where they are on disk. */
import type { ArtifactEntry } from '#core/artifact/index.ts';
import type { ExistingSignature } from '#core/formats/existing-signature.ts';
import type { FileFacts, Subject } from '#core/formats/format.ts';
import type { ToldKind } from '#core/formats/kind/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import type { Finding } from '#core/wire/finding/index.ts';
import type { Content, InsideAnswer, InsidePlace } from './answers.ts';
import type { FollowingList } from './follow-list.ts';

export interface Leaf {
  /** Outermost container first; empty where the artifact is a single file. */
  readonly path: readonly string[];
  /** Where its bytes are on disk, for scanning and signing. */
  readonly file: string;
  /** `CompiledElement.index`: which element of the configuration expects it. */
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly facts: FileFacts | null;
  readonly signatures: readonly ExistingSignature[] | null;
  readonly content: Content;
}

/** A container that the configuration declares: opened, and scanned as a whole too. */
export interface InspectedContainer {
  readonly path: readonly string[];
  readonly file: string;
  /** `CompiledElement.index`. */
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly facts: FileFacts | null;
  readonly signatures: readonly ExistingSignature[] | null;
  readonly content: Content;
}

/** A file inside a leaf that nobody declared, on disk. */
export type InsideFile = InsideAnswer;

export interface SignTarget {
  readonly path: readonly string[];
  readonly leafFile: string;
  /** `CompiledElement.index`: which element of the configuration asks for the signature. */
  readonly element: number;
  /** By the element's `detached`: beside the file, and after all others. */
  readonly detached: boolean;
  readonly unsignedSha256: Sha256Hex;
  readonly sizeBytes: number;
  /** By content; the file's name may make it stricter. */
  readonly kind: ToldKind;
  /** Of the first round; null: it depends on what is signed inside. */
  readonly subject: Subject | null;
}

export interface Inspection {
  /** True if no finding failed. Only then are there sign targets. */
  readonly ok: boolean;
  /** The signer's own copy, whose digests these are. Repack this one, not the file in the store. */
  readonly artifactFile: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly unpackedSizeBytes: number;
  readonly findings: readonly Finding[];
  readonly tree: readonly ArtifactEntry[];
  readonly leaves: readonly Leaf[];
  /** The artifact itself, where it is one, among them. */
  readonly containers: readonly InspectedContainer[];
  readonly inside: readonly InsideFile[];
  /** Further places of what is `inside`, for reports alone. */
  readonly copies: readonly InsidePlace[];
  readonly signTargets: readonly SignTarget[];
  /** Lists in which something will be written anew after signing. */
  readonly follows: readonly FollowingList[];
}
