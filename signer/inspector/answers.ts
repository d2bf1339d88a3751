/** What a request's child answers: plain JSON, one line each. None of it is believed before `protocol.ts` parsed it. */
import type { ArtifactEntry } from '#core/artifact/index.ts';
import type { DetectedType } from '#core/formats/detected-type/index.ts';
import type { ExistingSignature } from '#core/formats/existing-signature.ts';
import type { FileFacts } from '#core/formats/format.ts';
import type { ExpectedField, FieldChange } from '#core/follow/index.ts';
import type { ToldKind } from '#core/formats/kind/index.ts';
import type { Finding } from '#core/wire/finding/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';

/** `Subject` as JSON. */
export interface SubjectAnswer {
  readonly digest: string;
  /** Base64. */
  readonly content: string;
}

export interface LeafAnswer {
  readonly path: readonly string[];
  /** File name in the request's folder. */
  readonly file: string;
  /** `CompiledElement.index` of the element that expects it. */
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** null: the format is unknown, or the file doesn't conform to it. */
  readonly facts: FileFacts | null;
  /** That it brought along; null: they were not read. */
  readonly signatures: readonly ExistingSignature[] | null;
  readonly content: Content;
}

/** What a file is, by its bytes, and the outcome for what is inside. */
export interface Content {
  readonly detected: DetectedType;
  /** Names of formats found that contain other files or can't be read; empty: a file to be scanned as it is. */
  readonly formats: readonly string[];
  /** Files found inside, at any depth; each is among `inside`, except for empty ones and copies of others. */
  readonly files: number;
  /** Every byte belongs to a container that was opened from first byte to last, with everything inside. */
  readonly covered: boolean;
  /** Other programs that opened it or something inside, with their versions: they don’t account for every byte. */
  readonly openedBy: readonly string[];
  /** Programs inside, at any depth and copies too; empty where nobody asks for them. */
  readonly programs: readonly ProgramInside[];
  readonly programCount: number;
  /**
   * Bytes behind a program, the file itself or one inside, that belong to nothing that was opened although something was: where, as
   * a part of a sentence. null: there are none, or nobody asks for programs.
   */
  readonly unaccounted: string | null;
  /** What the program that opened it left packed, the first such: which bytes, and what it is, as a part of a sentence. */
  readonly passedOver: string | null;
  /** The first few things that could not be opened. */
  readonly closed: readonly Closed[];
  readonly closedCount: number;
}

/** A program or installer inside a file. */
export interface ProgramInside {
  /** `outer.zip!/inner.exe` */
  readonly place: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /**
   * `unsigned`: it carries no signature. `upstream`: all that it carries lead to a root of upstream. `other`: it is signed, and not so.
   * `request`: this request signs it.
   */
  readonly signature: 'unsigned' | 'upstream' | 'other' | 'request';
  /** What is known of the signature, as a sentence; null: nothing. */
  readonly about: string | null;
}

export interface Closed {
  /** `outer.zip!/inner.7z`, or empty for the file itself. */
  readonly place: string;
  readonly format: string;
  /** A sentence. */
  readonly message: string;
  readonly fix: string;
}

/** A container that the configuration declares; the artifact itself where it is one. */
export interface ContainerAnswer {
  readonly path: readonly string[];
  readonly file: string;
  /** `CompiledElement.index` of the element that expects it. */
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** As of a leaf. */
  readonly facts: FileFacts | null;
  readonly signatures: readonly ExistingSignature[] | null;
  readonly content: Content;
}

/** A file inside a leaf that nobody declared: scanned, never signed. */
export interface InsideAnswer extends InsidePlace {
  /** The leaf's path; its last step continues as `leaf.zip!/folder/inner.exe`. */
  readonly path: readonly string[];
  readonly file: string;
}

/** Where a file inside a leaf is: one that is scanned, a copy of one, or an empty one. */
export interface InsidePlace {
  /** The leaf's path. */
  readonly within: readonly string[];
  /** From the leaf on, a step for each container. */
  readonly inner: readonly string[];
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly detected: DetectedType;
  /** As in `Content`. */
  readonly covered: boolean;
}

export interface SignTargetAnswer {
  readonly path: readonly string[];
  readonly file: string;
  /** `CompiledElement.index` of the element that asks for the signature. */
  readonly element: number;
  /** The element's `detached` asks for it, not its `sign`: beside the file, and after all others. */
  readonly detached: boolean;
  readonly unsignedSha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly kind: ToldKind;
  /** Of the first round; null: it depends on what is signed inside. */
  readonly subject: SubjectAnswer | null;
}

/** A list with fields that signing makes false. */
export interface FollowAnswer {
  readonly path: readonly string[];
  readonly file: string;
  /** `CompiledElement.index` of the element that says that it follows. */
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** At least one. */
  readonly fields: readonly ExpectedField[];
}

export interface InspectAnswer {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly unpackedSizeBytes: number;
  readonly findings: readonly Finding[];
  readonly tree: readonly ArtifactEntry[];
  readonly leaves: readonly LeafAnswer[];
  readonly containers: readonly ContainerAnswer[];
  readonly inside: readonly InsideAnswer[];
  /** Files inside leaves that are among `inside` in another place, and empty ones: for reports alone. */
  readonly copies: readonly InsidePlace[];
  readonly signTargets: readonly SignTargetAnswer[];
  readonly follows: readonly FollowAnswer[];
}

export interface EmbedAnswer {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** Computed again from the signed file's bytes. */
  readonly subject: SubjectAnswer;
  /** Base64, as read back from the signed file. */
  readonly signature: string;
}

export interface RebuildAnswer {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** Entries whose content was compared and is unchanged. */
  readonly unchanged: number;
}

export interface FollowedAnswer {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** Read back from the new list, in the order of `fields`. */
  readonly changes: readonly FieldChange[];
}

export interface AnswerFailure {
  readonly ok: false;
  /** INPUT: the file isn't the inspected one; NOT_REWRITABLE: it can't be written anew; IO: disk; MEMORY: out of memory; DEFECT: anything else. */
  readonly code: 'INPUT' | 'IO' | 'MEMORY' | 'DEFECT' | 'NOT_REWRITABLE';
  readonly message: string;
  /** What to do about it; only of NOT_REWRITABLE. */
  readonly fix?: string | undefined;
}
